#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    The one door to this repository.
.DESCRIPTION
    Build   compiles everything and stages the module at out/PulseRun
    Test    builds, then runs every test: xunit, xunit on net472 under Mono where there is a Mono, Pester in a child pwsh
    Demo    builds, then runs the main job on the emulator
    Bench   builds, then measures against what one would use without the module, and against the floor
    Pack    builds, then makes out/PulseRun.<version>.nupkg
    Clean   removes what the others made
.EXAMPLE
    ./build.ps1 Test
.EXAMPLE
    dotnet tool exec -y powershell ./build.ps1 Demo
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Demo', 'Bench', 'Pack', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    # Test: only Pester files whose name matches; skips xunit. Bench: only goals whose name matches. For the one who works on one thing.
    [string] $Only
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
$root = $PSScriptRoot
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_SKIP_FIRST_TIME_EXPERIENCE = '1'
# A build server that outlives the build would hold files and memory on a small machine.
$env:MSBUILDDISABLENODEREUSE = '1'

function Invoke-Tool {
    # Runs a program; a failure ends the build.
    param([string] $Name, [string[]] $Arguments)
    & $Name @Arguments | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "$Name $($Arguments -join ' ') failed with exit code $LASTEXITCODE." }
}

function Get-PwshCommand {
    # This very PowerShell, as a command to start children with: the dotnet tool has no executable of its own.
    $library = Join-Path $PSHOME 'pwsh.dll'
    $program = Join-Path $PSHOME ($IsWindows ? 'pwsh.exe' : 'pwsh')
    if (Test-Path $program) { , @($program) } else { , @('dotnet', $library) }
}

function Invoke-Pwsh {
    param([string[]] $Arguments)
    [string[]] $pwsh = Get-PwshCommand
    $rest = @($pwsh | Select-Object -Skip 1) + '-NoProfile' + '-NonInteractive' + $Arguments
    & $pwsh[0] @rest | Out-Host
}

function Invoke-Build {
    Invoke-Tool dotnet @('build', (Join-Path $root 'PulseRun.PowerShell.sln'), '-c', $Configuration, '-v', 'minimal', '--disable-build-servers')
}

function Read-Trx {
    # Counts of a test run, from its result file.
    param([string] $Path, [string] $Suite)
    $counters = ([xml](Get-Content -Raw $Path)).TestRun.ResultSummary.Counters
    [pscustomobject]@{ Suite = $Suite; Passed = [int] $counters.passed; Failed = [int] $counters.failed; Skipped = [int] $counters.total - [int] $counters.executed }
}

function Invoke-XunitTests {
    $results = Join-Path $root 'out/TestResults'
    foreach ($project in Get-ChildItem (Join-Path $root 'tests') -Filter '*.Tests.csproj' -Recurse | Sort-Object Name) {
        $name = $project.BaseName
        $trx = Join-Path $results "$name.trx"
        & dotnet test $project.FullName --no-build -c $Configuration -f net10.0 --nologo --logger "trx;LogFileName=$trx" --logger 'console;verbosity=minimal' | Out-Host
        if (Test-Path $trx) { Read-Trx $trx $name }
        else { [pscustomobject]@{ Suite = $name; Passed = 0; Failed = 1; Skipped = 0 } }
    }
}

function Invoke-MonoTests {
    # The Windows PowerShell edition, as far as Linux can run it.
    if (-not (Get-Command mono -ErrorAction Ignore)) {
        Write-Host 'No Mono here: the net472 tests are compiled, not run (.ci/run installs it).'
        return
    }
    $packages = ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim()
    $runner = Join-Path $packages 'xunit.runner.console/2.4.1/tools/net472/xunit.console.exe'
    $results = Join-Path $root 'out/TestResults'
    foreach ($project in Get-ChildItem (Join-Path $root 'tests') -Filter '*.Tests.csproj' -Recurse | Sort-Object Name) {
        $name = $project.BaseName
        $assembly = Join-Path $project.DirectoryName "bin/$Configuration/net472/$name.dll"
        if (-not (Test-Path $assembly)) { continue }
        $xml = Join-Path $results "$name.net472.xml"
        # Mono looks for native libraries where the system does, not in runtimes/.
        $architecture = "$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
        $env:LD_LIBRARY_PATH = Join-Path (Split-Path $assembly) "runtimes/linux-$architecture/native"
        & mono $runner $assembly -nologo -noshadow -noappdomain -xml $xml | Out-Host
        $env:LD_LIBRARY_PATH = $null
        $suite = "$name (net472, Mono)"
        if (Test-Path $xml) {
            $assemblies = @(([xml](Get-Content -Raw $xml)).assemblies.assembly)
            $sum = { param($field) [int] ($assemblies | ForEach-Object { [int] $_.GetAttribute($field) } | Measure-Object -Sum).Sum }
            [pscustomobject]@{ Suite = $suite; Passed = & $sum passed; Failed = (& $sum failed) + (& $sum errors); Skipped = & $sum skipped }
        }
        else { [pscustomobject]@{ Suite = $suite; Passed = 0; Failed = 1; Skipped = 0 } }
    }
}

function Invoke-PesterTests {
    $result = Join-Path $root 'out/TestResults/Pester.json'
    Remove-Item $result -ErrorAction Ignore
    $arguments = @('-File', (Join-Path $root 'tests/PowerShell/Invoke-Tests.ps1'), '-Result', $result)
    if ($Only) { $arguments += @('-Only', $Only) }
    Invoke-Pwsh $arguments
    if (Test-Path $result) { Get-Content -Raw $result | ConvertFrom-Json }
    else { [pscustomobject]@{ Suite = 'Pester'; Passed = 0; Failed = 1; Skipped = 0 } }
}

function Invoke-Pack {
    # The module as it is got: one file, the same bytes for everybody.
    $package = & (Join-Path $root 'tools/New-Package.ps1') -Configuration $Configuration
    $hash = (Get-FileHash $package).Hash.ToLowerInvariant()
    Write-Host ('{0}: {1:n1} MB, sha256 {2}' -f $package, ($package.Length / 1MB), $hash)
}

function Invoke-Test {
    Invoke-Build
    # What the package tests install.
    Invoke-Pack
    $null = New-Item -ItemType Directory -Force (Join-Path $root 'out/TestResults')
    Remove-Item (Join-Path $root 'out/TestResults/*') -Recurse -Force
    $suites = @(
        if (-not $Only) { Invoke-XunitTests; Invoke-MonoTests }
        Invoke-PesterTests
    )
    $suites | Format-Table -AutoSize | Out-String | Write-Host
    $sum = { param($field) [int] ($suites | Measure-Object $field -Sum).Sum }
    $failed = & $sum Failed
    $skipped = & $sum Skipped
    Write-Host "$(& $sum Passed) passed, $failed failed$(if ($skipped) { ", $skipped skipped" })"
    if ($failed -gt 0) { exit 1 }
}

switch ($Task) {
    Build { Invoke-Build }
    Test { Invoke-Test }
    Demo {
        Invoke-Build
        Invoke-Pwsh @('-File', (Join-Path $root 'examples/Demo.ps1'))
        exit $LASTEXITCODE
    }
    Bench {
        Invoke-Build
        Invoke-Pwsh @(@('-File', (Join-Path $root 'bench/Bench.ps1')) + @(if ($Only) { '-Only', $Only }))
        exit $LASTEXITCODE
    }
    Pack {
        Invoke-Build
        Invoke-Pack
    }
    Clean {
        Get-ChildItem $root -Include bin, obj -Recurse -Directory -Depth 3 | Remove-Item -Recurse -Force
        Remove-Item (Join-Path $root 'out') -Recurse -Force -ErrorAction Ignore
    }
}
