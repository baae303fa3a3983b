#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Runs the tests of all libraries for net472, the Windows PowerShell edition, under Mono.
.DESCRIPTION
    Needs mono (Debian: mono-devel libmono-i18n4.0-all) and the built solution (dotnet build -c Release). Without Mono it prints one
    line and ends. Mono runs the net472 builds, and is not .NET Framework. Exits with 1 when a test fails.
.EXAMPLE
    ./tests/Hosts/Mono.ps1 -Only Store
#>
param(
    # Runs only test projects whose name contains this text.
    [string] $Only,

    # The path of a file for the counts, as JSON.
    [string] $Result,

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    # A project that runs longer than this has failed, in seconds.
    [int] $LimitSec = 600
)
. (Join-Path $PSScriptRoot 'Common.ps1')
if (-not (Get-Command mono -ErrorAction Ignore)) {
    Write-Host 'Mono: not run, as mono is not installed.'
    if ($Result) { @{ Passed = 0; Failed = 0; Skipped = 0; Names = @() } | ConvertTo-Json | Set-Content $Result }
    return
}
$work = New-WorkFolder mono
. (Join-Path $root 'tests/Xunit.ps1')
$runner = Get-XunitRunner 'net472/xunit.console.exe'
# Mono searches native libraries in the system folders only, not in runtimes/.
$architecture = "$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
$assemblies = @(Get-ChildItem (Join-Path $root 'tests') -Filter '*.Tests.csproj' -Recurse | Sort-Object Name | ForEach-Object { Join-Path $_.DirectoryName "bin/$Configuration/net472/$($_.BaseName).dll" } |
        Where-Object { (Test-Path $_) -and (Split-Path -Leaf $_) -like "*$Only*" })
# The tests of a team's store start a private PostgreSQL server.
if (-not (Test-Path '/usr/lib/postgresql/*/bin/initdb') -and -not $env:CI) { $assemblies = @($assemblies | Where-Object { $_ -notlike '*.Postgres.Tests.dll' }) }
$passed = 0
$failed = 0
$skipped = 0
$names = @()
# Two at a time, because the tests of the client mostly wait.
$common = Join-Path $PSScriptRoot 'Common.ps1'
$runs = $assemblies | ForEach-Object -ThrottleLimit 2 -Parallel {
    . $using:common
    $name = [IO.Path]::GetFileNameWithoutExtension($_)
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $natives = Join-Path (Split-Path $_) "runtimes/linux-$using:architecture/native"
    $lines = Invoke-Limited mono (@($using:runner, $_, '-noshadow', '-noappdomain') + $using:xunitOptions) $using:LimitSec @{ LD_LIBRARY_PATH = $natives }
    [pscustomobject]@{ Name = $name; Assembly = $_; Natives = $natives; Lines = $lines; Seconds = $clock.Elapsed.TotalSeconds }
}
foreach ($one in $runs) {
    $name = $one.Name
    $counts = Read-XunitOutput ($one.Lines -join "`n")
    Write-Host $counts.Text
    if (-not $counts.Passed -and -not $counts.Failed) {
        $counts.Failed = 1
        $counts.Names = @('it ran no test')
    }
    if ($counts.Retry -and (Test-Retry $counts.Failed)) {
        $methods = @($counts.Retry | ForEach-Object { '-method', $_ })
        $lines = Invoke-Limited mono (@($runner, $one.Assembly, '-noshadow', '-noappdomain') + $xunitOptions + $methods) $LimitSec @{ LD_LIBRARY_PATH = $one.Natives }
        $second = Read-XunitOutput ($lines -join "`n")
        Write-Host $second.Text
        if ($second.Passed -and -not $second.Failed) {
            $counts.Names | ForEach-Object { Write-Host "PASSED IN A SECOND RUN ONLY: $name (Mono): $_" }
            $counts.Passed += $counts.Failed
            $counts.Failed = 0
            $counts.Names = @()
        }
    }
    $passed += $counts.Passed
    $failed += $counts.Failed
    $skipped += $counts.Skipped
    $names += @($counts.Names | ForEach-Object { "$name (Mono): $_" })
    Write-Host ('{0}: {1:0} s' -f $name, $one.Seconds)
}
$names | ForEach-Object { Write-Host "FAILED $_" }
Write-Host "Mono: $passed tests passed, $failed failed, $skipped skipped."
if ($Result) { @{ Passed = $passed; Failed = $failed; Skipped = $skipped; Names = $names } | ConvertTo-Json | Set-Content $Result }
if ($failed -or -not $passed) { exit 1 }
