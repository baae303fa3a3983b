#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Runs the tests of all libraries on .NET 8, the runtime of PowerShell 7.4.
.DESCRIPTION
    The runtime comes from NuGet. PowerShell 7.4 itself is not on the feed, so its cmdlets are not run. Exits with 1 when a test fails.
.EXAMPLE
    ./tests/Hosts/Net8.ps1
#>
param(
    # Runs only test projects whose name contains this text.
    [string] $Only,

    # The path of a file for the counts, as JSON.
    [string] $Result
)
. (Join-Path $PSScriptRoot 'Common.ps1')
$version = '8.0.31'

function Install-Runtime {
    # Returns the dotnet program of a folder that contains the .NET 8 runtime only.
    param([string] $Work)
    $pack = Join-Path (Get-PackageFolder Net8 $Work) "microsoft.netcore.app.runtime.linux-x64/$version/runtimes/linux-x64"
    $dotnet = Join-Path $Work 'dotnet8'
    $resolver = (New-Item -ItemType Directory "$dotnet/host/fxr/$version").FullName
    $framework = (New-Item -ItemType Directory "$dotnet/shared/Microsoft.NETCore.App/$version").FullName
    Copy-Item "$pack/lib/net8.0/*", "$pack/native/*" $framework
    Copy-Item "$pack/native/libhostfxr.so" $resolver
    # The program of the SDK starts any runtime. A link to it would find the runtimes of the SDK instead.
    $program = Get-Item (Get-Command dotnet -CommandType Application | Select-Object -First 1).Source
    Copy-Item ($program.ResolvedTarget ?? $program.FullName) "$dotnet/dotnet"
    "$dotnet/dotnet"
}

$work = New-WorkFolder net8
$dotnet = Install-Runtime $work
$passed = 0
$failed = 0
$skipped = 0
$names = @()
foreach ($name in 'Core', 'Client', 'Store', 'Emulator', 'Views' | ForEach-Object { "PulseRun.$_.Tests" } | Where-Object { $_ -like "*$Only*" }) {
    # The output is separate from that of the solution, whose tests target another runtime. Analyzers ran there.
    Invoke-Dotnet @(
        'build', (Join-Path $root "tests/$name/$name.csproj"), '-c', 'Release', '-f', 'net8.0', '-v', 'quiet', '-clp:NoSummary', '--disable-build-servers', '--artifacts-path', (Join-Path $work 'build'),
        '-p:TestTarget=net8.0', '-p:LegacyTarget=', '-p:RunAnalyzers=false', '-p:RestoreLockedMode=false')
    $assembly = (Get-ChildItem (Join-Path $work "build/bin/$name") -Recurse -Filter "$name.dll" | Select-Object -First 1).FullName
    $trx = Join-Path $work "$name.trx"
    & dotnet test $assembly --nologo --logger "trx;LogFileName=$trx" --logger 'console;verbosity=minimal' -- "RunConfiguration.DotNetHostPath=$dotnet" | Out-Host
    $run = ([xml] (Get-Content -Raw $trx)).TestRun
    $failures = @($run.SelectNodes("//*[local-name()='UnitTestResult'][@outcome='Failed']"))
    if (Test-Retry $failures.Count) {
        $filter = @($failures | ForEach-Object { 'FullyQualifiedName=' + ($_.testName -split '\(')[0] } | Select-Object -Unique) -join '|'
        & dotnet test $assembly --nologo --filter $filter --logger 'console;verbosity=minimal' -- "RunConfiguration.DotNetHostPath=$dotnet" | Out-Host
        if ($LASTEXITCODE -eq 0) {
            $failures | ForEach-Object { Write-Host "PASSED IN A SECOND RUN ONLY: $name (.NET 8): $($_.testName)" }
            $passed += $failures.Count
            $failures = @()
        }
    }
    $passed += [int] $run.ResultSummary.Counters.passed
    $failed += $failures.Count
    $skipped += [int] $run.ResultSummary.Counters.total - [int] $run.ResultSummary.Counters.executed
    $names += @($failures | ForEach-Object { "$name (.NET 8): $($_.testName)" })
}
$names | ForEach-Object { Write-Host "FAILED $_" }
Write-Host ".NET ${version}: $passed tests passed, $failed failed."
if ($Result) { @{ Passed = $passed; Failed = $failed; Skipped = $skipped; Names = $names } | ConvertTo-Json | Set-Content $Result }
if ($failed -or -not $passed) { exit 1 }
