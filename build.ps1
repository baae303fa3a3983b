#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Builds and tests this repository.
.DESCRIPTION
    Build   compiles everything and stages the module at out/PulseRun
    Test    builds, then runs every test: xunit, xunit on net472 if Mono is installed, and Pester
    Hosts   builds, then runs the module on other hosts, as far as they are installed: .NET 8, the Windows build under Wine, linux-arm64
    Demo    builds a minimal module for PowerShell 7 in out/demo, then runs examples/Demo.ps1 with it on the emulator
    Bench   builds, then compares the module with scripts that do the same without it, and with the fastest possible C# program
    Pack    builds, then creates out/PulseRun.<version>.nupkg
    Clean   deletes the output of the other tasks
.EXAMPLE
    ./build.ps1 Test
.EXAMPLE
    dotnet tool exec -y powershell ./build.ps1 Demo
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Hosts', 'Demo', 'Bench', 'Pack', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release',

    # Test: runs only Pester files and cmdlet tests whose name contains this text (Get-PRInstance). Bench: runs only goals whose name matches. Hosts: runs only this host (Net8, Wine, LinuxArm64).
    [string] $Only
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
$root = $PSScriptRoot
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'
$env:DOTNET_SKIP_FIRST_TIME_EXPERIENCE = '1'
# Build nodes that keep running after the build would hold files and memory on a small machine.
$env:MSBUILDDISABLENODEREUSE = '1'

function Invoke-Tool {
    # Runs a program, and throws when it fails.
    param([string] $Name, [string[]] $Arguments)
    & $Name @Arguments | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "$Name $($Arguments -join ' ') failed with exit code $LASTEXITCODE." }
}

function Get-PwshCommand {
    # Returns the command that starts a child process of this PowerShell. The dotnet tool has no executable, so it is started through dotnet.
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

function Invoke-Compiler {
    # Runs dotnet build with a compiler server of its own, which ends with the build. Without a server each project starts a new
    # compiler, which takes several seconds to warm up; the usual server is shared with other builds of this user, and keeps running.
    param([string] $Project, [string[]] $Arguments)
    $server = "pulserun-$PID"
    try { Invoke-Tool dotnet (@('build', $Project, '-c', $Configuration, '-p:UseSharedCompilation=true', "-p:SharedCompilationId=$server", '-p:UseRazorBuildServer=false') + $Arguments) }
    finally {
        $version = "$(& dotnet --version)"
        $sdk = & dotnet --list-sdks | Where-Object { $_ -like "$version *" } | ForEach-Object { Join-Path ($_ -replace '^[^[]*\[|\]$') $version }
        & dotnet (Join-Path "$sdk" 'Roslyn/bincore/VBCSCompiler.dll') "-pipename:$server" -shutdown | Out-Host
    }
}

function Invoke-Build {
    Invoke-Compiler (Join-Path $root 'PulseRun.PowerShell.sln') @('-v', 'minimal')
}

function Invoke-DemoBuild {
    # Builds the module for PowerShell 7 only, without help, notices and precompiled files. Its intermediate files are separate
    # from those of a full build, which must not reuse assemblies that were compiled without analyzers.
    Write-Host 'Building the module for the demo. This takes about half a minute.'
    $demo = Join-Path $root 'out/demo'
    Invoke-Compiler (Join-Path $root 'src/PulseRun.PowerShell/PulseRun.PowerShell.csproj') @(
        '-v', 'quiet', '--nologo', '-clp:NoSummary',
        '--artifacts-path', (Join-Path $demo 'build'), "-p:StageRoot=$demo/PulseRun/", '-p:MinimalStage=true', '-p:LegacyTarget=', '-p:RunAnalyzers=false')
}

function New-Suite {
    # Returns a test suite that has not been started: a command, a script that reads its result file, and its load (how many processors it uses).
    param([string] $Name, [string[]] $Command, [string] $File, [scriptblock] $Read, [hashtable] $Environment = @{}, [double] $Load = 1)
    [pscustomobject]@{ Name = $Name; Command = $Command; File = $File; Read = $Read; Environment = $Environment; Load = $Load; Process = $null; Output = $null; Errors = $null; Clock = $null }
}

function Start-Suite($Suite) {
    Remove-Item $Suite.File -ErrorAction Ignore
    $start = [Diagnostics.ProcessStartInfo]::new($Suite.Command[0])
    foreach ($argument in $Suite.Command | Select-Object -Skip 1) { $start.ArgumentList.Add($argument) }
    foreach ($name in $Suite.Environment.Keys) { $start.Environment[$name] = $Suite.Environment[$name] }
    # A test process lives for seconds, so the profile that the runtime collects for a later optimization costs more than it gains.
    $start.Environment['DOTNET_TieredPGO'] = '0'
    $start.WorkingDirectory = $root
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $Suite.Clock = [Diagnostics.Stopwatch]::StartNew()
    $Suite.Process = [Diagnostics.Process]::Start($start)
    $Suite.Output = $Suite.Process.StandardOutput.ReadToEndAsync()
    $Suite.Errors = $Suite.Process.StandardError.ReadToEndAsync()
}

function Complete-Suite($Suite) {
    # Shows the output of a completed suite and returns its counts. A suite that exits with an error code counts as failed even if its file has no failure.
    Write-Host ('== {0} ({1:0} s)' -f $Suite.Name, $Suite.Clock.Elapsed.TotalSeconds)
    "$($Suite.Output.Result)$($Suite.Errors.Result)".Trim() | Write-Host
    $counts = (Test-Path $Suite.File) ? (& $Suite.Read $Suite.File) : @{ Passed = 0; Failed = 0; Skipped = 0 }
    $isBroken = $counts.Failed -eq 0 -and ($Suite.Process.ExitCode -ne 0 -or -not (Test-Path $Suite.File))
    if ($isBroken) { Write-Host "$($Suite.Name) ended with exit code $($Suite.Process.ExitCode)." }
    $names = @($counts['Names']) + @(if ($isBroken) { "ended with exit code $($Suite.Process.ExitCode)" }) | Where-Object { $_ } | ForEach-Object { "$($Suite.Name): $_" }
    [pscustomobject]@{ Suite = $Suite.Name; Passed = $counts.Passed; Failed = $isBroken ? 1 : $counts.Failed; Skipped = $counts.Skipped; Seconds = [int] $Suite.Clock.Elapsed.TotalSeconds; Names = @($names) }
}

function Invoke-Suites {
    # Runs suites in parallel, with one processor more than there are, because each suite pauses now and then.
    param([object[]] $Suites)
    [double] $free = [math]::Max(2, [Environment]::ProcessorCount) + 1
    $waiting = [Collections.Generic.List[object]]::new($Suites)
    $running = [Collections.Generic.List[object]]::new()
    try {
        while ($waiting.Count + $running.Count) {
            while ($waiting.Count -and ($waiting[0].Load -le $free -or -not $running.Count)) {
                Start-Suite $waiting[0]
                $free -= $waiting[0].Load
                $running.Add($waiting[0])
                $waiting.RemoveAt(0)
            }
            foreach ($suite in @($running | Where-Object { $_.Process.HasExited })) {
                $free += $suite.Load
                $null = $running.Remove($suite)
                Complete-Suite $suite
            }
            Start-Sleep -Milliseconds 200
        }
    }
    finally {
        foreach ($suite in $running) { $suite.Process.Kill($true) }
    }
}

# The suites that wait most of the time, and the part of a processor that each uses.
$waits = @{ 'PulseRun.PowerShell.Tests' = 0.25; 'PulseRun.Client.Tests' = 0.5 }

function Get-TestProjects {
    # The tests of a team's store start a private PostgreSQL server. CI installs it; without it, they would all fail.
    $hasPostgres = Test-Path '/usr/lib/postgresql/*/bin/initdb'
    if (-not $hasPostgres -and -not $env:CI) { Write-Host 'PulseRun.Store.Postgres.Tests is skipped, because PostgreSQL is not installed (Debian: postgresql, pgbouncer).' }
    Get-ChildItem (Join-Path $root 'tests') -Filter '*.Tests.csproj' -Recurse | Where-Object { $hasPostgres -or $env:CI -or $_.BaseName -ne 'PulseRun.Store.Postgres.Tests' } | Sort-Object Name
}

function Get-XunitSuite {
    # Returns the suite of a project, or of those of its tests that match a filter.
    param($Project, [string] $Filter, [string] $Part, [double] $Load = 1)
    $name = $Part ? "$($Project.BaseName) ($Part)" : $Project.BaseName
    $trx = Join-Path $root "out/TestResults/$name.trx"
    $command = @('dotnet', 'test', $Project.FullName, '--no-build', '-c', $Configuration, '-f', 'net10.0', '--nologo', '--logger', "trx;LogFileName=$trx", '--logger', 'console;verbosity=minimal')
    if ($Filter) { $command += '--filter', $Filter }
    New-Suite $name $command $trx -Load $Load {
        param($File)
        $run = ([xml](Get-Content -Raw $File)).TestRun
        $counters = $run.ResultSummary.Counters
        $names = @($run.SelectNodes("//*[local-name()='UnitTestResult'][@outcome='Failed']") | ForEach-Object { "$($_.testName): $(("$($_.Output.ErrorInfo.Message)" -split "`r?`n" | Select-Object -First 3) -join ' ')" })
        @{ Passed = [int] $counters.passed; Failed = [int] $counters.failed; Skipped = [int] $counters.total - [int] $counters.executed; Names = $names }
    }
}

function Get-MonoSuites {
    # Returns the suites of the Windows PowerShell edition (net472) that Mono can run.
    if (-not (Get-Command mono -ErrorAction Ignore)) {
        Write-Host 'Mono is not installed, so the net472 tests are compiled but not run (.ci/run installs it).'
        return
    }
    $packages = ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim()
    $runner = Join-Path $packages 'xunit.runner.console/2.4.1/tools/net472/xunit.console.exe'
    # Mono searches native libraries in the system folders only, not in runtimes/.
    $architecture = "$([System.Runtime.InteropServices.RuntimeInformation]::ProcessArchitecture)".ToLowerInvariant()
    foreach ($project in Get-TestProjects) {
        $name = $project.BaseName
        $assembly = Join-Path $project.DirectoryName "bin/$Configuration/net472/$name.dll"
        if (-not (Test-Path $assembly)) { continue }
        $xml = Join-Path $root "out/TestResults/$name.net472.xml"
        $natives = Join-Path (Split-Path $assembly) "runtimes/linux-$architecture/native"
        New-Suite "$name (net472, Mono)" @('mono', $runner, $assembly, '-nologo', '-noshadow', '-noappdomain', '-xml', $xml) $xml -Environment @{ LD_LIBRARY_PATH = $natives } -Load ($waits[$name] ?? 1) -Read {
            param($File)
            $assemblies = @(([xml](Get-Content -Raw $File)).assemblies.assembly)
            $sum = { param($Field) [int] ($assemblies | ForEach-Object { [int] $_.GetAttribute($Field) } | Measure-Object -Sum).Sum }
            $names = @($assemblies.SelectNodes(".//test[@result='Fail']") | ForEach-Object { "$($_.name): $(("$($_.failure.message.InnerText)" -split "`r?`n" | Select-Object -First 3) -join ' ')" })
            @{ Passed = & $sum passed; Failed = (& $sum failed) + (& $sum errors); Skipped = & $sum skipped; Names = $names }
        }
    }
}

function Get-PesterSuite {
    # Its files often wait for the processes that they start, so one more of them than processors runs at a time.
    $result = Join-Path $root 'out/TestResults/Pester.json'
    $script = @('-NoProfile', '-NonInteractive', '-File', (Join-Path $root 'tests/PowerShell/Invoke-Tests.ps1'), '-Result', $result, '-Workers', "$([math]::Max(2, [Environment]::ProcessorCount) + 1)")
    if ($Only) { $script += '-Only', $Only }
    New-Suite 'Pester' (@(Get-PwshCommand) + $script) $result -Load 1.5 -Read { param($File) Get-Content -Raw $File | ConvertFrom-Json -AsHashtable }
}

function Get-Suites {
    $projects = @(Get-TestProjects)
    $cmdlets = @($projects | Where-Object BaseName -EQ 'PulseRun.PowerShell.Tests')
    if ($Only) {
        # Converts the name of a cmdlet to that of its tests: Get-PRInstance to GetInstance.
        Get-XunitSuite $cmdlets[0] "FullyQualifiedName~$($Only -replace '-PR|-' -replace '\.Tests$|\*')"
        if (Get-ChildItem (Join-Path $root 'tests/PowerShell') -Filter "*$Only*.Tests.ps1") { Get-PesterSuite }
        return
    }
    # The longest suites come first, which shortens the whole run.
    Get-PesterSuite
    # Its tests run in sequence, because they share the environment of their process, and mostly wait: two processes take half of the time.
    Get-XunitSuite $cmdlets[0] 'FullyQualifiedName~.Cmdlets.' 'cmdlets' -Load $waits[$cmdlets[0].BaseName]
    Get-XunitSuite $cmdlets[0] 'FullyQualifiedName!~.Cmdlets.' 'the rest' -Load $waits[$cmdlets[0].BaseName]
    $long, $short = $projects.Where({ $waits.ContainsKey($_.BaseName) }, 'Split')
    $long | Where-Object BaseName -NE $cmdlets[0].BaseName | ForEach-Object { Get-XunitSuite $_ -Load $waits[$_.BaseName] }
    Get-MonoSuites
    $short | ForEach-Object { Get-XunitSuite $_ }
}

function Invoke-Pack {
    # Creates the package of the module. The same module always gives the same bytes.
    $package = & (Join-Path $root 'tools/New-Package.ps1') -Configuration $Configuration
    $hash = (Get-FileHash $package).Hash.ToLowerInvariant()
    Write-Host ('{0}: {1:n1} MB, sha256 {2}' -f $package, ($package.Length / 1MB), $hash)
}

function Invoke-Test {
    Invoke-Build
    # The package tests install this package.
    Invoke-Pack
    $null = New-Item -ItemType Directory -Force (Join-Path $root 'out/TestResults')
    Remove-Item (Join-Path $root 'out/TestResults/*') -Recurse -Force
    $suites = @(Invoke-Suites (Get-Suites))
    $suites | Format-Table Suite, Passed, Failed, Skipped, Seconds -AutoSize | Out-String | Write-Host
    # The failures once more, as a log is often cut to its last lines.
    foreach ($name in $suites | ForEach-Object { $_.Names }) { Write-Host "FAILED $name" }
    $sum = { param($field) [int] ($suites | Measure-Object $field -Sum).Sum }
    $failed = & $sum Failed
    $skipped = & $sum Skipped
    Write-Host "$(& $sum Passed) passed, $failed failed$(if ($skipped) { ", $skipped skipped" })"
    if ($failed -gt 0) { exit 1 }
    if (-not (& $sum Passed)) { throw "No test has '$Only' in its name." }
}

function Invoke-Hosts {
    # Only .NET 8 decides the exit code. Wine and qemu imitate their hosts imperfectly, so their failures are warnings.
    $exitCode = 0
    foreach ($name in 'Net8', 'Wine', 'LinuxArm64' | Where-Object { $_ -like "*$Only*" }) {
        Write-Host "== $name"
        Invoke-Pwsh @('-File', (Join-Path $root "tests/Hosts/$name.ps1"))
        if ($LASTEXITCODE -ne 0 -and $name -eq 'Net8') { $exitCode = 1 }
    }
    $exitCode
}

switch ($Task) {
    Build { Invoke-Build }
    Test { Invoke-Test }
    Hosts {
        Invoke-Build
        exit (Invoke-Hosts)
    }
    Demo {
        Invoke-DemoBuild
        Invoke-Pwsh @('-File', (Join-Path $root 'examples/Demo.ps1'), '-Module', (Join-Path $root 'out/demo/PulseRun'))
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
