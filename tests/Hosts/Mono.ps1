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
$packages = ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim()
$runner = Join-Path $packages 'xunit.runner.console/2.4.1/tools/net472/xunit.console.exe'
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
    $xml = Join-Path $using:work "$name.xml"
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $natives = Join-Path (Split-Path $_) "runtimes/linux-$using:architecture/native"
    $lines = Invoke-Limited mono @($using:runner, $_, '-nologo', '-noshadow', '-noappdomain', '-xml', $xml) $using:LimitSec @{ LD_LIBRARY_PATH = $natives }
    [pscustomobject]@{ Name = $name; Assembly = $_; Natives = $natives; Xml = $xml; Lines = $lines; Seconds = $clock.Elapsed.TotalSeconds }
}
foreach ($one in $runs) {
    $name = $one.Name
    $xml = $one.Xml
    $one.Lines | ForEach-Object { Write-Host "  $_" }
    # A run that was ended or has crashed writes no file.
    $run = (Test-Path $xml) ? ([xml] (Get-Content -Raw $xml)).assemblies.assembly : $null
    if ($run) {
        # Read as attributes, because an element has the name errors too. These are failures outside of tests.
        $errors = [int] $run.GetAttribute('errors')
        $failures = @($run.SelectNodes(".//test[@result='Fail']"))
        if (Test-Retry $failures.Count) {
            $methods = @($failures | ForEach-Object { "$($_.type).$($_.method)" } | Select-Object -Unique | ForEach-Object { '-method', $_ })
            Invoke-Limited mono (@($runner, $one.Assembly, '-nologo', '-noshadow', '-noappdomain', '-xml', "$xml.second") + $methods) $LimitSec @{ LD_LIBRARY_PATH = $one.Natives } | ForEach-Object { Write-Host "  $_" }
            $second = (Test-Path "$xml.second") ? ([xml] (Get-Content -Raw "$xml.second")).assemblies.assembly : $null
            if ($second -and -not ([int] $second.GetAttribute('failed') + [int] $second.GetAttribute('errors')) -and [int] $second.GetAttribute('passed')) {
                $failures | ForEach-Object { Write-Host "PASSED IN A SECOND RUN ONLY: $name (Mono): $($_.name)" }
                $passed += $failures.Count
                $failures = @()
            }
        }
        $passed += [int] $run.GetAttribute('passed')
        $failed += $failures.Count + $errors
        $skipped += [int] $run.GetAttribute('skipped')
        $names += @($failures | ForEach-Object { "$name (Mono): $($_.name): $(("$($_.failure.message.InnerText)" -split "`r?`n" | Select-Object -First 3) -join ' ')" })
        if ($errors) { $names += "$name (Mono): $errors errors outside of tests" }
    }
    else {
        $failed++
        $names += "$name (Mono): it did not run to its end"
    }
    Write-Host ('{0}: {1:0} s' -f $name, $one.Seconds)
}
$names | ForEach-Object { Write-Host "FAILED $_" }
Write-Host "Mono: $passed tests passed, $failed failed, $skipped skipped."
if ($Result) { @{ Passed = $passed; Failed = $failed; Skipped = $skipped; Names = $names } | ConvertTo-Json | Set-Content $Result }
if ($failed -or -not $passed) { exit 1 }
