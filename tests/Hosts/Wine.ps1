#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Runs the module in the Windows build of PowerShell, under Wine.
.DESCRIPTION
    Needs wine64 and script(1) (Debian: wine64 wine bsdutils) and the staged module (dotnet build -c Release). Runs the main steps, the
    profiles with DPAPI, SQLite, completion, the scheduled script and some Pester files. The emulator runs in this process, as Wine's
    own HTTP server loses requests. Without the tools it prints one line and ends.
    Wine is not Windows, and .NET is not stable under it: a failure is a warning. With -Strict it exits with 1 when a step fails.
.EXAMPLE
    ./tests/Hosts/Wine.ps1 -Strict
#>
param(
    # A failed step makes the exit code 1.
    [switch] $Strict,

    # The Pester files to run, without their folder and .Tests.ps1.
    [string[]] $Pester = @('Get-PRProfile', 'Set-PRProfile', 'Remove-PRProfile', 'Connect-PulseRun', 'Disconnect-PulseRun', 'Processes', 'Messages')
)
. (Join-Path $PSScriptRoot 'Common.ps1')
$runtime = '10.0.12'
$wine = '/usr/lib/wine/wine64'
foreach ($tool in $wine, '/usr/bin/script') {
    if (-not (Test-Path $tool)) {
        Write-Host "Windows PowerShell build under Wine: not run, as $tool is not installed."
        return
    }
}

function ConvertTo-WindowsPath([string] $Path) { 'Z:' + ($Path -replace '/', '\') }

function Install-Pwsh {
    # Makes a Windows .NET root with the runtimes that pwsh.exe asks for.
    param([string] $Work)
    $packages = Get-PackageFolder Wine $Work
    $dotnet = Join-Path $Work 'dotnet'
    $resolver = (New-Item -ItemType Directory "$dotnet/host/fxr/$runtime").FullName
    foreach ($name in 'Microsoft.NETCore.App', 'Microsoft.WindowsDesktop.App') {
        $pack = Join-Path $packages "$($name.ToLowerInvariant()).runtime.win-x64/$runtime/runtimes/win-x64"
        $framework = (New-Item -ItemType Directory "$dotnet/shared/$name/$runtime").FullName
        Copy-Item "$pack/lib/net10.0/*", "$pack/native/*" $framework
    }
    Copy-Item "$dotnet/shared/Microsoft.NETCore.App/$runtime/hostfxr.dll" $resolver
    @{ Dotnet = $dotnet; Program = Join-Path $packages 'powershell/7.6.9/tools/net10.0/any/win/pwsh.exe'; Pester = Join-Path $packages 'pester/6.2.0/tools' }
}

$work = New-WorkFolder wine
$pwsh = Install-Pwsh $work
$environment = @{
    WINEPREFIX = Join-Path $work 'prefix'; WINEARCH = 'win64'; WINEDEBUG = '-all'
    DOTNET_ROOT = ConvertTo-WindowsPath $pwsh.Dotnet
    # Without these two the runtime crashes under Wine, or its script runs in an unknown shell.
    DOTNET_EnableWriteXorExecute = '0'; SHELL = '/bin/bash'
    POWERSHELL_TELEMETRY_OPTOUT = '1'
}

function Invoke-Wine {
    # Runs pwsh.exe with arguments. It ends silently without a terminal, so script(1) gives it one.
    param([string[]] $Arguments, [int] $LimitSec, [hashtable] $With = @{})
    $all = $environment.Clone()
    foreach ($name in $With.Keys) { $all[$name] = $With[$name] }
    $words = (@($wine, $pwsh.Program, '-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass') + $Arguments | ForEach-Object { "'" + $_.Replace("'", "'\''") + "'" }) -join ' '
    Invoke-Limited '/usr/bin/script' @('-qefc', $words, '/dev/null') -LimitSec $LimitSec -Environment $all
}

$failed = 0
$cloud = Start-Cloud
try {
    $null = Invoke-Limited $wine @('wineboot', '--init') -LimitSec 120 -Environment $environment
    $null = Invoke-Limited $wine @('winecfg', '-v', 'win10') -LimitSec 60 -Environment $environment
    # Drive Z: has /proc and the rights of Linux. On C: the module sees what it would see on Windows.
    $drive = Join-Path $environment.WINEPREFIX 'drive_c/repository'
    $null = New-Item -ItemType Directory -Force "$drive/out", "$drive/tests"
    Copy-Item -Recurse (Join-Path $root 'out/PulseRun') "$drive/out/PulseRun"
    Copy-Item -Recurse (Join-Path $root 'tests/PowerShell') "$drive/tests/PowerShell"
    foreach ($name in 'examples', 'docs', 'formats', 'README.md', 'CHANGELOG.md', 'PulseRun.psd1') { Copy-Item -Recurse (Join-Path $root $name) "$drive/$name" }
    Copy-Item -Recurse $pwsh.Pester "$drive/Pester"
    Copy-Item (Join-Path $PSScriptRoot 'Steps.ps1') $drive

    $lines = Invoke-Wine @('-File', 'C:\repository\Steps.ps1', 'C:\repository\out\PulseRun', $cloud.BaseUri, $cloud.ApiKey, 'C:\repository\data') -LimitSec 180
    $failed += Complete-Host 'main steps' $lines

    # The scheduled script, as the Task Scheduler starts it. In its first window it acts on nothing and exits with 0.
    $lines = Invoke-Wine @('-Command', "`$ProgressPreference = 'SilentlyContinue'; & 'C:\repository\examples\Stop-IdleGpu.ps1' -Module 'C:\repository\out\PulseRun'; [Console]::WriteLine(`"exit `$LASTEXITCODE`"); if (`$LASTEXITCODE -eq 0) { [Console]::WriteLine('done') }") -LimitSec 120 -With @{
        PULSERUN_API_KEY = $cloud.ApiKey; PULSERUN_BASE_URI = "$($cloud.BaseUri)"; PULSERUN_DATA_DIR = 'C:\repository\scheduled'
    }
    $failed += Complete-Host 'scheduled script' $lines

    foreach ($name in $Pester) {
        $command = "Import-Module 'C:\repository\Pester\Pester.psd1'; `$run = Invoke-Pester 'C:\repository\tests\PowerShell\$name.Tests.ps1' -PassThru -Output None; " +
            "[Console]::WriteLine(`"$name`: `$(`$run.PassedCount) passed, `$(`$run.FailedCount) failed`"); `$run.Failed | ForEach-Object { [Console]::WriteLine(`"FAILED `$(`$_.ExpandedPath): `$(`$_.ErrorRecord[0])`") }; [Console]::WriteLine('done')"
        $lines = Invoke-Wine @('-Command', $command) -LimitSec 120 -With @{ PULSERUN_DATA_DIR = "C:\repository\data-$name" }
        $failed += Complete-Host $name $lines
    }
}
finally {
    $cloud | Stop-PREmulator
    $null = Invoke-Limited '/usr/lib/wine/wineserver64' @('-k') -LimitSec 20 -Environment $environment
}
Write-Host "Windows build of PowerShell under Wine: $failed failed$(if ($failed -and -not $Strict) { ' (a warning)' })."
if ($failed -and $Strict) { exit 1 }
