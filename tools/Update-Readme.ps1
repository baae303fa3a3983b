#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Runs every PowerShell block of README.md, from top to bottom in one new process, and writes the outputs below them.
.DESCRIPTION
    Build the module first. A block of text that follows a block of PowerShell is its output. The process has an empty home, an empty data directory and its own folder,
    in which out/PulseRun is the module. The keys that README.md asks for are answered by this script.
    -Check changes nothing. It returns a line for each block that fails, and for each output that differs in more than numbers and ids.
.EXAMPLE
    dotnet tool exec -y powershell ./tools/Update-Readme.ps1
#>
[CmdletBinding()]
param(
    [string] $Readme = (Join-Path $PSScriptRoot '../README.md'),
    [string] $Module = (Join-Path $PSScriptRoot '../out/PulseRun'),
    [switch] $Check
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

$text = (Get-Content -Raw $Readme) -replace "`r"
$blocks = [regex]::Matches($text, '(?ms)^```powershell\n(?<code>.*?)^```\n(?:\n```text\n(?<output>.*?)^```\n)?')
if (-not $blocks.Count) { throw "$Readme has no block of PowerShell." }
$folder = Join-Path ([IO.Path]::GetTempPath()) "pulserun-readme-$([guid]::NewGuid().ToString('n'))"
try {
    $null = New-Item -ItemType Directory "$folder/home", "$folder/work/out"
    Copy-Item -Recurse (Convert-Path $Module) "$folder/work/out/PulseRun"
    $codes = @($blocks | ForEach-Object { $_.Groups['code'].Value })
    ConvertTo-Json $codes | Set-Content "$folder/blocks.json"
    # Each block runs in the same scope, as if it were typed. What it writes is one text, as a terminal shows it. What it writes to $Error ends the run.
    Set-Content "$folder/run.ps1" @'
        $PSStyle.OutputRendering = 'PlainText'
        $ProgressPreference = 'SilentlyContinue'
        # A person types the key.
        function Read-Host { ConvertTo-SecureString 'pr_test_0123456789abcdefghijklmn' -AsPlainText -Force }
        $__outputs = [Collections.Generic.List[string]]::new()
        foreach ($__block in Get-Content -Raw $args[0] | ConvertFrom-Json) {
            $Error.Clear()
            $__all = . ([scriptblock]::Create($__block)) *>&1 | ForEach-Object { if ($_ -is [Management.Automation.WarningRecord]) { "WARNING: $_" -replace '(.{1,99})(?:\s+|$)', "`$1`n" } else { $_ } }
            if ($Error.Count) { throw "The block failed: $($Error[0])`n$__block" }
            $__outputs.Add(($__all | Out-String -Width 100))
        }
        ConvertTo-Json @($__outputs) | Set-Content $args[1]
'@
    $program = Join-Path $PSHOME ($IsWindows ? 'pwsh.exe' : 'pwsh')
    $pwsh = @(if (Test-Path $program) { $program } else { 'dotnet'; Join-Path $PSHOME 'pwsh.dll' })
    $start = [Diagnostics.ProcessStartInfo]::new($pwsh[0])
    foreach ($argument in @($pwsh | Select-Object -Skip 1) + '-NoProfile', '-NonInteractive', '-File', "$folder/run.ps1", "$folder/blocks.json", "$folder/outputs.json") { $start.ArgumentList.Add($argument) }
    foreach ($name in @($start.Environment.Keys) -match '^(PULSERUN_|XDG_|PSModulePath$)') { $null = $start.Environment.Remove($name) }
    $start.Environment['HOME'] = $start.Environment['USERPROFILE'] = "$folder/home"
    $start.WorkingDirectory = "$folder/work"
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $output = $process.StandardOutput.ReadToEndAsync()
    $errors = $process.StandardError.ReadToEndAsync()
    if (-not $process.WaitForExit(180000)) {
        $process.Kill($true)
        throw 'The blocks of README.md did not end within 3 minutes.'
    }
    if ($process.ExitCode -ne 0 -or -not (Test-Path "$folder/outputs.json")) {
        $problem = "The blocks of README.md fail. $($errors.Result) $($output.Result)"
        if ($Check) { return $problem } else { throw $problem }
    }
    $outputs = @(Get-Content -Raw "$folder/outputs.json" | ConvertFrom-Json)
}
finally { Remove-Item $folder -Recurse -Force -ErrorAction Ignore }

# Returns an output without blank lines at its ends and blanks at the ends of lines.
function Get-Tidy([string] $Output) { (($Output -replace "`r" -split "`n" | ForEach-Object TrimEnd) -join "`n").Trim("`n") }

# Returns the words of an output, without what differs from run to run: numbers, ids, times, the order of parallel work, and whether a new instance runs already.
function Get-Shape([string] $Output) {
    $words = $Output -replace 'inst_\w+', 'inst' -replace '\bprovisioning\b', 'running' -replace '\bbefore\b', 'after' -replace '\d+d\d+h|\d+h\d+m|\d+[dhms]\b|\d[\d.:,Z-]*', '#' -replace '-{2,}' -split '\s+'
    ($words | Where-Object { $_ } | Sort-Object) -join ' '
}

$new = $text
for ($i = $blocks.Count - 1; $i -ge 0; $i--) {
    $shown = $blocks[$i].Groups['output']
    if (-not $shown.Success) { continue }
    if (-not $Check) { $new = $new.Remove($shown.Index, $shown.Length).Insert($shown.Index, (Get-Tidy $outputs[$i]) + "`n") }
    elseif ((Get-Shape $shown.Value) -cne (Get-Shape $outputs[$i])) { "The output of this block has changed; run tools/Update-Readme.ps1.`n$($codes[$i])Now:`n$(Get-Tidy $outputs[$i])" }
}
if (-not $Check -and $new -cne $text) { [IO.File]::WriteAllText((Convert-Path $Readme), $new) }
