<#
.SYNOPSIS
    Measures the module against what a script would use without it, and against a minimal C# program, in one run.
.DESCRIPTION
    Each number comes from a fresh process. The sides of a comparison alternate, in an order that is reversed in each round, because the
    speed of a machine varies over time. The ratio of the medians in this run counts. Writes out/bench/results.json (all numbers)
    and out/bench/results.md, and ends with exit code 1 if a goal is missed by more than a tenth.
.PARAMETER Only
    Selects the goals whose name contains this text.
.PARAMETER Record
    Writes the tables into docs/dev/performance.md; only for a run of all goals.
#>
[CmdletBinding()]
param([string] $Only, [switch] $Record)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
$root = Split-Path $PSScriptRoot
$out = Join-Path $root 'out/bench'
Remove-Item $out -Recurse -Force -ErrorAction Ignore
$null = New-Item -ItemType Directory -Force $out

# Do not read or write the user's own data.
$env:PULSERUN_DATA_DIR = Join-Path $out 'data'
foreach ($name in 'PULSERUN_API_KEY', 'PULSERUN_BASE_URI') { Remove-Item "env:$name" -ErrorAction Ignore }

$module = Join-Path $root 'out/PulseRun/PulseRun.psd1'
$history = Join-Path $out 'history'
$notes = Join-Path $out 'notes'
$pwsh = Join-Path $PSHOME 'pwsh.dll'

# The comparison for Import-Module: a manifest with the same formats and nothing else.
$empty = Join-Path $out 'Empty/Empty.psd1'
$null = New-Item -ItemType Directory (Split-Path $empty)
Copy-Item (Join-Path $root 'formats/PulseRun.Format.ps1xml') (Split-Path $empty)
New-ModuleManifest $empty -FormatsToProcess PulseRun.Format.ps1xml -FunctionsToExport @() -CmdletsToExport @() -AliasesToExport @() -VariablesToExport @()

function Use-Script {
    # Returns the command line of a scenario in a fresh PowerShell: the engine itself, not the tool that starts it as a child.
    param([string] $Name, [hashtable] $Arguments)
    @($pwsh, '-NoProfile', '-NonInteractive', '-File', (Join-Path $PSScriptRoot "Scenarios/$Name.ps1")) + @($Arguments.GetEnumerator().ForEach{ "-$($_.Key)"; "$($_.Value)" })
}

function Use-Program {
    param([string] $Name, [string[]] $Arguments)
    @(Join-Path $PSScriptRoot "$Name/bin/Release/net10.0/$Name.dll") + $Arguments
}

function Start-Program {
    param([string[]] $Arguments, [switch] $KeepInput)
    $start = [Diagnostics.ProcessStartInfo]::new('dotnet')
    # A first argument of the form NAME=value is an environment variable.
    if ($Arguments[0] -match '^(\w+)=(.*)$') { $start.Environment[$Matches[1]] = $Matches[2]; $Arguments = $Arguments[1..($Arguments.Count - 1)] }
    foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardInput = $KeepInput
    $start.Environment['BENCH_STARTED'] = "$([Diagnostics.Stopwatch]::GetTimestamp())"
    [Diagnostics.Process]::Start($start)
}

function Invoke-Run {
    # Returns the numbers that the program wrote, by name.
    param([string[]] $Arguments)
    $process = Start-Program $Arguments
    $text = $process.StandardOutput.ReadToEnd()
    $process.WaitForExit()
    if ($process.ExitCode -ne 0) { throw "$($Arguments -join ' ') failed with exit code $($process.ExitCode).`n$text" }
    $values = @{}
    foreach ($line in $text.Split("`n")) {
        if ($line -match '^(\w+)=([-\d.E+]+)\s*$') { $values[$Matches[1]] = [double]::Parse($Matches[2], [cultureinfo]::InvariantCulture) }
    }
    $values
}

function Get-Median { param([double[]] $Values) $sorted = @($Values | Sort-Object); $sorted[[Math]::Floor(($sorted.Count - 1) / 2)] }

$samples = @{}

function Measure-Sides {
    # Runs each side the given number of times, alternating, and collects the numbers under "<side>.<name>".
    param([int] $Rounds, [Collections.Specialized.OrderedDictionary] $Sides)
    $names = @($Sides.Keys)
    for ($round = 0; $round -lt $Rounds; $round++) {
        foreach ($name in $names) {
            $values = Invoke-Run $Sides[$name]
            foreach ($what in $values.Keys) {
                if (-not $samples.ContainsKey("$name.$what")) { $samples["$name.$what"] = [Collections.Generic.List[double]]::new() }
                $samples["$name.$what"].Add($values[$what])
            }
        }
        [array]::Reverse($names)
    }
}

$server = Start-Program (Use-Program PulseRun.Bench.Server) -KeepInput
$clock = [Diagnostics.Stopwatch]::StartNew()
try {
    $address = $server.StandardOutput.ReadLine()
    . $PSScriptRoot/Plan.ps1
    # The goals of the bench in the order of the plan, followed by the growth of costs.
    $chosen = @($goals | Where-Object { $Only ? $_.What -like "*$Only*" : -not $_['OnRequest'] })
    $needed = $chosen.ForEach{ $_['Value']; $_['Per'] } | Select-String '(\w+)\.\w+' -AllMatches | ForEach-Object { $_.Matches.ForEach{ $_.Groups[1].Value } }
    foreach ($group in $groups) {
        if (($Only -or $group['OnRequest']) -and -not (@($group.Sides.Keys) + @($group['Before']) | Where-Object { $_ -in $needed })) { continue }
        Write-Host ('{0,5:0} s  {1}' -f $clock.Elapsed.TotalSeconds, ($group.Sides.Keys -join ', '))
        Measure-Sides $group.Rounds $group.Sides
    }
}
finally {
    $server.StandardInput.Close()
    $server.WaitForExit()
}

function Get-Figure {
    # Returns the median and minimum of a side; a number is returned as both.
    param($Of)
    if ($Of -is [scriptblock]) { $Of = & $Of }
    if ($Of -is [string]) { [pscustomobject]@{ Median = Get-Median $samples[$Of]; Min = ($samples[$Of] | Measure-Object -Minimum).Minimum } }
    else { [pscustomobject]@{ Median = [double] $Of; Min = [double] $Of } }
}

$results = foreach ($goal in $chosen) {
    $value = Get-Figure $goal.Value
    $per = if ($goal['Per']) { Get-Figure $goal.Per }
    $measured = if ($per) { $value.Median / $per.Median } else { $value.Median }
    [pscustomobject]@{
        What = $goal.What; Value = $value; Per = $per; Measured = $measured; Goal = $goal['AtMost'] ?? $goal['AtLeast']; IsLeast = $null -ne $goal['AtLeast']; Unit = $goal['Unit']
        AtBest = if ($per) { $value.Min / $per.Min } else { $value.Min }
        Verdict = if ($null -ne $goal['AtLeast']) { $measured -ge $goal.AtLeast ? 'met' : $measured -ge $goal.AtLeast / 1.1 ? 'close' : 'MISSED' }
        elseif ($null -eq $goal['AtMost']) { '' } elseif ($measured -le $goal.AtMost) { 'met' } elseif ($measured -le $goal.AtMost * 1.1) { 'close' } else { 'MISSED' }
    }
}
$growth = foreach ($curve in $curves | Where-Object { $samples.ContainsKey($_.At[0]) }) {
    $times = $curve.At.ForEach{ Get-Median $samples[$_] }
    [pscustomobject]@{ What = $curve.What; Sizes = $curve.Sizes; Times = $times; Exponent = [Math]::Log10($times[2] / $times[0]) / 2 }
}

$cpu = if (Test-Path /proc/cpuinfo) { (Select-String -Path /proc/cpuinfo -Pattern '^model name\s*:\s*(.+)$' | Select-Object -First 1).Matches.Groups[1].Value } else { [Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture }
$machine = '{0}, {1} processors, {2}, PowerShell {3}, {4}' -f $cpu, [Environment]::ProcessorCount, [Runtime.InteropServices.RuntimeInformation]::OSDescription, $PSVersionTable.PSVersion, [Runtime.InteropServices.RuntimeInformation]::FrameworkDescription
$number = { param($value) if ($value -ge 100) { '{0:0}' -f $value } elseif ($value -ge 10) { '{0:0.0}' -f $value } else { '{0:0.00}' -f $value } }
$bound = { param($result) if ($null -ne $result.Goal) { "$($result.IsLeast ? '>=' : '<=') $($result.Goal)" } }
$pair = { param($figure) if ($null -eq $figure) { '' } elseif ($figure.Min -eq $figure.Median) { & $number $figure.Median } else { "$(& $number $figure.Min) / $(& $number $figure.Median)" } }

$tables = @(
    "Measured on $([DateTimeOffset]::UtcNow.ToString('yyyy-MM-dd HH:mm')) UTC in $([Math]::Ceiling($clock.Elapsed.TotalMinutes)) minutes. Machine: $machine. Milliseconds, megabytes or ratios; minimum / median."
    ''
    '| what | module | compared with | measured | at best | goal | verdict |'
    '|---|---|---|---|---|---|---|'
    foreach ($result in $results) { "| $($result.What) | $(& $pair $result.Value) | $(& $pair $result.Per) | $(& $number $result.Measured)$($result.Unit) | $(& $number $result.AtBest) | $(& $bound $result) | $($result.Verdict) |" }
    if ($growth) {
        ''
        '| how cost grows (ms) | 1x | 10x | 100x | exponent |'
        '|---|---|---|---|---|'
        foreach ($curve in $growth) { "| $($curve.What) | $(for ($i = 0; $i -lt 3; $i++) { "$($curve.Sizes[$i]): $(& $number $curve.Times[$i])$(if ($i -lt 2) { ' | ' })" }) | $('{0:0.00}' -f $curve.Exponent) |" }
    }
) -join "`n"
Set-Content (Join-Path $out 'results.md') $tables
[ordered]@{ At = [DateTimeOffset]::UtcNow; Machine = $machine; Results = $results; Growth = $growth; Samples = $samples } | ConvertTo-Json -Depth 5 | Set-Content (Join-Path $out 'results.json')

$results | Format-Table What,
    @{ Name = 'Ours'; Expression = { & $pair $_.Value }; Alignment = 'Right' },
    @{ Name = 'Against'; Expression = { & $pair $_.Per }; Alignment = 'Right' },
    @{ Name = 'Measured'; Expression = { "$(& $number $_.Measured)$($_.Unit)" }; Alignment = 'Right' },
    @{ Name = 'At best'; Expression = { & $number $_.AtBest }; Alignment = 'Right' },
    @{ Name = 'Goal'; Expression = { & $bound $_ }; Alignment = 'Right' },
    Verdict -AutoSize | Out-String -Width 200 | Write-Host
$growth | Format-Table What, @{ Name = '1x, 10x, 100x (ms)'; Expression = { $_.Times.ForEach{ & $number $_ } -join ', ' } }, @{ Name = 'Exponent'; Expression = { '{0:0.00}' -f $_.Exponent }; Alignment = 'Right' } -AutoSize | Out-String -Width 200 | Write-Host
Write-Host ('{0}, {1:0} s; out/bench/results.json has every number.' -f $machine, $clock.Elapsed.TotalSeconds)

if ($Record -and -not $Only) {
    $page = Join-Path $root 'docs/dev/performance.md'
    $text = Get-Content -Raw $page
    $marked = '(?s)(?<=<!-- measured -->\n).*(?=<!-- /measured -->)'
    Set-Content $page ([regex]::Replace($text, $marked, "$($tables.Replace('$', '$$'))`n")) -NoNewline
}
exit [int] [bool] ($results | Where-Object Verdict -eq 'MISSED')
