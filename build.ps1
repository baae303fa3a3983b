#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Builds and tests this repository.
.DESCRIPTION
    Build   compiles everything and stages the module at out/PulseRun
    Test    builds, then runs every test: xunit and Pester
    Hosts   builds, then runs the tests of the libraries and the module on other hosts, as far as they are installed: .NET 8, net472 under Mono, the demo in a new clone, the Windows build under Wine, linux-arm64
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

    # Test: runs only Pester files and cmdlet tests whose name contains this text (Get-PRInstance). Bench: runs only goals whose name matches. Hosts: runs only this host (Net8, Mono, Clone, Wine, LinuxArm64).
    [string] $Only
)

$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
$root = $PSScriptRoot
$hostResults = Join-Path $root 'out/hosts/results'
# The folder for temporary files in memory; only Test has one.
$memory = $null
# The hosts whose failures count. They write the counts of their tests.
$testedHosts = 'Mono', 'Net8', 'Clone'
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
    # Returns the command that starts a process of the PowerShell in a folder, by default this one. Without an executable there, it is started through dotnet.
    param([string] $Folder = $PSHOME)
    $library = Join-Path $Folder 'pwsh.dll'
    $program = Join-Path $Folder ($IsWindows ? 'pwsh.exe' : 'pwsh')
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

function Get-ProcessorTime {
    # Returns the processor time of this process and of its children that have ended, in seconds. Linux counts it, other systems do not.
    if (-not $IsLinux) { return 0 }
    $fields = (Get-Content -Raw /proc/self/stat) -replace '^.*\) ' -split ' '
    # User and system time of the process and of its children, in hundredths of a second.
    ($fields[11..14] | Measure-Object -Sum).Sum / 100
}

function New-Suite {
    # Returns a test suite that has not been started: a command, a script that reads its result file or, without a file, its output, and its load (how many processors it uses).
    # A suite without both has failed when its exit code is not 0. Project is that of xunit tests.
    param([string] $Name, [string[]] $Command, [string] $File, [scriptblock] $Read, [hashtable] $Environment = @{}, [double] $Load = 1, $Project)
    [pscustomobject]@{ Name = $Name; Command = $Command; File = $File; Read = $Read; Environment = $Environment; Load = $Load; Project = $Project; Process = $null; Output = $null; Errors = $null; Clock = $null }
}

function New-MemoryFolder {
    # Returns a new folder in memory for the temporary files of all suites, or nothing where there is none of enough size. On a disk, tests wait
    # for thousands of commits to SQLite stores, a third of the time of some suites. The hosts of CI run the same tests on a disk.
    if (-not $IsLinux -or -not (Test-Path /dev/shm)) { return }
    $available = [long] ((Get-Content /proc/meminfo | Select-String '^MemAvailable:\s+(\d+) kB').Matches[0].Groups[1].Value) * 1KB
    if ($available -lt 8GB -or [IO.DriveInfo]::new('/dev/shm').AvailableFreeSpace -lt 6GB) { return }
    $folder = "/dev/shm/pulserun-$PID"
    $null = New-Item -ItemType Directory -Force $folder
    # The server of PostgreSQL runs as another user, and tests start programs of their own, which some systems forbid there.
    & chmod 1777 $folder
    Set-Content "$folder/try" "#!/bin/sh`nexit 0"
    & chmod +x "$folder/try"
    try { & "$folder/try" } catch { Remove-Item -Recurse -Force $folder; return }
    Remove-Item "$folder/try"
    $folder
}

function Start-Suite($Suite) {
    if ($Suite.File) { Remove-Item $Suite.File -ErrorAction Ignore }
    $start = [Diagnostics.ProcessStartInfo]::new($Suite.Command[0])
    foreach ($argument in $Suite.Command | Select-Object -Skip 1) { $start.ArgumentList.Add($argument) }
    foreach ($name in $Suite.Environment.Keys) { $start.Environment[$name] = $Suite.Environment[$name] }
    # A test process lives for seconds, so the profile that the runtime collects for a later optimization costs more than it gains,
    # as does the second compilation of a method that was called 30 times; here it is after 0x1000 calls. This saves up to 40 percent of a processor.
    $start.Environment['DOTNET_TieredPGO'] = '0'
    $start.Environment['DOTNET_TC_CallCountThreshold'] = '1000'
    # A process that compiles most of its code takes a fourteenth longer when the memory of that code is protected against writes.
    $start.Environment['DOTNET_EnableWriteXorExecute'] = '0'
    # PowerShell records which methods are compiled at its start, and compiles those of the last process ahead, though the engine is precompiled.
    # With too few processors for that it does neither, which saves a twelfth of a start.
    $start.Environment['DOTNET_MultiCoreJitMinNumCpus'] = '1000'
    # The threads of the pool sleep at once when they have no work: those of a process that waits would take the processors of the others.
    $start.Environment['DOTNET_ThreadPool_UnfairSemaphoreSpinLimit'] = '0'
    # Tests send no usage data, which also takes a seventh of the start of each process.
    $start.Environment['POWERSHELL_TELEMETRY_OPTOUT'] = '1'
    if ($memory) { $start.Environment['TMPDIR'] = $memory }
    $start.WorkingDirectory = $root
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    # Tests must not wait for, or take, what is typed into the terminal of a developer.
    $start.RedirectStandardInput = [bool] $Suite.Project
    $Suite.Clock = [Diagnostics.Stopwatch]::StartNew()
    $Suite.Process = [Diagnostics.Process]::Start($start)
    if ($Suite.Project) { $Suite.Process.StandardInput.Close() }
    $Suite.Output = $Suite.Process.StandardOutput.ReadToEndAsync()
    $Suite.Errors = $Suite.Process.StandardError.ReadToEndAsync()
}

function Complete-Suite {
    # Shows the output of a completed suite and returns its counts. A suite that exits with an error code counts as failed even if its file has no failure.
    param($Suite, [double] $Processor)
    Write-Host ('== {0} ({1:0} s)' -f $Suite.Name, $Suite.Clock.Elapsed.TotalSeconds)
    $text = "$($Suite.Output.Result)$($Suite.Errors.Result)".Trim()
    $hasFile = $Suite.File -and (Test-Path $Suite.File)
    $counts = if ($hasFile) { & $Suite.Read $Suite.File } elseif ($Suite.Read -and -not $Suite.File) { & $Suite.Read $text } else { @{ Passed = 0; Failed = 0; Skipped = 0 } }
    $counts['Text'] ?? $text | Write-Host
    $isBroken = $counts.Failed -eq 0 -and ($Suite.Process.ExitCode -ne 0 -or ($Suite.File -and -not $hasFile))
    if ($isBroken) { Write-Host "$($Suite.Name) ended with exit code $($Suite.Process.ExitCode)." }
    $names = @($counts['Names']) + @(if ($isBroken) { "ended with exit code $($Suite.Process.ExitCode)" }) | Where-Object { $_ } | ForEach-Object { "$($Suite.Name): $_" }
    [pscustomobject]@{ Suite = $Suite.Name; Passed = $counts.Passed; Failed = $isBroken ? 1 : $counts.Failed; Skipped = $counts.Skipped; Seconds = [int] $Suite.Clock.Elapsed.TotalSeconds; Processor = [int] $Processor; Names = @($names); Retry = @($counts['Retry'] | Where-Object { $_ }); Project = $Suite.Project }
}

function Invoke-Suites {
    # Runs suites in parallel, with one processor more than there are, because each suite pauses now and then.
    param([object[]] $Suites)
    [double] $free = [math]::Max(2, [Environment]::ProcessorCount) + 1
    $waiting = [Collections.Generic.List[object]]::new($Suites)
    $running = [Collections.Generic.List[object]]::new()
    $before = Get-ProcessorTime
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
                # The growth of the time of ended children is that of the suite, as few end within the same moment.
                $now = Get-ProcessorTime
                Complete-Suite $suite ($now - $before)
                $before = $now
            }
            Start-Sleep -Milliseconds 200
        }
    }
    finally {
        foreach ($suite in $running) { $suite.Process.Kill($true) }
    }
}

# The projects whose tests wait most of the time, each with the parts that run in processes of their own. What no pattern matches is the last part.
$parts = @{
    'PulseRun.PowerShell.Tests'     = [ordered]@{
        # Copies, jobs and tunnels start an sshd for each emulator. These parts take the longest, so they come first.
        'jobs'      = @('Job')
        'outcomes'  = '.Cmdlets.NewInstanceOutcome', '.Cmdlets.ResolveLaunch'
        'launches'  = @('.Cmdlets.NewInstance')
        'cleanups'  = '.Cmdlets.InvokeCleanup', '.Cmdlets.Cleanup', '.Cleanup.'
        'ssh'       = '.Cmdlets.CopyItem', 'Tunnel', '.Cmdlets.EmulatorSsh', 'StoreFailure', '.Fleet.'
        'libraries' = '.Answers.', '.Completion.', '.Copy.', '.Errors.', '.Running.', '.Session.', '.Views.'
        'the rest'  = $null
    }
    'PulseRun.Client.Tests'         = [ordered]@{
        'simulations' = '.Launch.SoakTests', '.Launch.PlanSimulation', '.Launch.LaunchSimulation'
        'the rest'    = $null
    }
    # Waits for the server.
    'PulseRun.Store.Postgres.Tests' = [ordered]@{ '' = $null }
}

function Get-TestProjects {
    # The tests of a team's store start a private PostgreSQL server. CI installs it; without it, they would all fail.
    $hasPostgres = Test-Path '/usr/lib/postgresql/*/bin/initdb'
    if (-not $hasPostgres -and -not $env:CI) { Write-Host 'PulseRun.Store.Postgres.Tests is skipped, because PostgreSQL is not installed (Debian: postgresql, pgbouncer).' }
    Get-ChildItem (Join-Path $root 'tests') -Filter '*.Tests.csproj' -Recurse | Where-Object { $hasPostgres -or $env:CI -or $_.BaseName -ne 'PulseRun.Store.Postgres.Tests' } | Sort-Object Name
}

function Get-XunitSuite {
    # Returns the suite of a project, or of the tests that options of the runner select. The runner is that of xunit: dotnet test
    # runs the same tests in the last of three processes, which take a second of a processor more.
    param($Project, [string[]] $Selection, [string] $Part, [double] $Load = 1)
    $name = $Part ? "$($Project.BaseName) ($Part)" : $Project.BaseName
    $assembly = Join-Path $Project.DirectoryName "bin/$Configuration/net10.0/$($Project.BaseName)"
    $command = @('dotnet', 'exec', '--depsfile', "$assembly.deps.json", '--runtimeconfig', "$assembly.runtimeconfig.json", $runner, "$assembly.dll") + $xunitOptions + $Selection
    New-Suite $name $command -Load $Load -Project $Project -Read { param($Text) Read-XunitOutput $Text }
}

function Get-Parts($Project) {
    # Returns the suites of a project that is tested in parts.
    if (-not $parts.Contains($Project.BaseName)) { return }
    $before = @()
    foreach ($part in $parts[$Project.BaseName].GetEnumerator()) {
        # Each part excludes those before it, so that no test runs twice and none is left out.
        $selection = @($part.Value | Where-Object { $_ } | ForEach-Object { '-method', "*$_*" }) + @($before | ForEach-Object { '-nomethod', "*$_*" })
        Get-XunitSuite $Project $selection $part.Key -Load 0.2
        $before += @($part.Value)
    }
}

function Get-PesterSuite {
    # Its files often wait for the processes that they start, so two more of them than processors run at a time.
    param([string] $Name = 'Pester', [string] $Only)
    $result = Join-Path $root "out/TestResults/$Name.json"
    $script = @('-NoProfile', '-NonInteractive', '-File', (Join-Path $root 'tests/PowerShell/Invoke-Tests.ps1'), '-Result', $result, '-Workers', "$([math]::Max(2, [Environment]::ProcessorCount) + 2)")
    if ($Only) { $script += '-Only', $Only }
    New-Suite $Name (@(Get-PwshCommand $engine) + $script) $result -Load 1.5 -Read { param($File) Get-Content -Raw $File | ConvertFrom-Json -AsHashtable }
}

function Get-Suites {
    $projects = @(Get-TestProjects)
    $cmdlets = @($projects | Where-Object BaseName -EQ 'PulseRun.PowerShell.Tests')
    if ($Only) {
        # Converts the name of a cmdlet to that of its tests: Get-PRInstance to GetInstance.
        Get-XunitSuite $cmdlets[0] @('-method', "*$($Only -replace '-PR|-' -replace '\.Tests$|\*')*")
        if (Get-ChildItem (Join-Path $root 'tests/PowerShell') -Filter "*$Only*.Tests.ps1") { Get-PesterSuite -Only $Only }
        return
    }
    # The longest suites come first, which shortens the whole run.
    Get-PesterSuite
    # The tests of a process run in sequence. Those of these projects mostly wait, so several processes take a part of the time.
    foreach ($project in $projects) { Get-Parts $project }
    $projects | Where-Object { -not $parts.Contains($_.BaseName) } | ForEach-Object { Get-XunitSuite $_ }
    # In CI, those that were ended at the limit of the hosts.
    if ($env:PULSERUN_ADD_HOSTS) { $testedHosts | Where-Object { -not (Test-Path (Join-Path $hostResults "$_.json")) } | ForEach-Object { Get-HostSuite $_ } }
}

function Invoke-Retry($Suites) {
    # Runs the tests that failed once more, when the machine has nothing else to do. One that passes then counts as passed, and is
    # named. Many failures have a cause that a second run does not change.
    $failed = @($Suites | Where-Object { $_.Failed -and $_.Retry })
    if (-not $failed -or @($failed | ForEach-Object Retry).Count -gt 5) { return }
    foreach ($suite in $failed) {
        $again = if ($suite.Project) {
            Get-XunitSuite $suite.Project @($suite.Retry | ForEach-Object { '-method', $_ }) 'second run'
        }
        else {
            $suite.Retry | ForEach-Object { Get-PesterSuite "$_ (second run)" $_ }
        }
        $second = @($again | ForEach-Object { Invoke-Suites $_ })
        if ($second | Where-Object { $_.Failed -or -not $_.Passed }) { continue }
        $suite.Passed += $suite.Failed
        $suite.Failed = 0
        $suite.Names | ForEach-Object { "PASSED IN A SECOND RUN ONLY: $_" }
        $suite.Names = @()
    }
}

function Invoke-Pack {
    # Creates the package of the module. The same module always gives the same bytes.
    $package = & (Join-Path $root 'tools/New-Package.ps1') -Configuration $Configuration
    $hash = (Get-FileHash $package).Hash.ToLowerInvariant()
    Write-Host ('{0}: {1:n1} MB, sha256 {2}' -f $package, ($package.Length / 1MB), $hash)
}

function Show-Suites($Suites) {
    # Processor is the time of all processors together, in seconds.
    $Suites | Format-Table Suite, Passed, Failed, Skipped, Seconds, Processor -AutoSize | Out-String | Write-Host
    # The failures once more, as a log is often cut to its last lines.
    foreach ($name in $Suites | ForEach-Object { $_.Names }) { Write-Host "FAILED $name" }
}

function Get-HostCounts {
    # Returns the counts of the tests that Hosts has run, as suites that have ended.
    foreach ($file in Get-ChildItem $hostResults -Filter '*.json' -ErrorAction Ignore) {
        $counts = Get-Content -Raw $file | ConvertFrom-Json
        [pscustomobject]@{ Suite = "Hosts: $($file.BaseName)"; Passed = $counts.Passed; Failed = $counts.Failed; Skipped = $counts.Skipped; Seconds = $null; Processor = $null; Names = @($counts.Names); Retry = @(); Project = $null }
    }
}

function Invoke-Test {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    Invoke-Build
    # The package tests install this package.
    Invoke-Pack
    # Pester, the processes that its tests start, and the engine in the test process of the cmdlets.
    $engine = & (Join-Path $root 'tools/New-Engine.ps1') -Tests (Join-Path $root "tests/PulseRun.PowerShell.Tests/bin/$Configuration")
    . (Join-Path $root 'tests/Xunit.ps1')
    $runner = Get-XunitRunner 'netcoreapp2.0/xunit.console.dll'
    $null = New-Item -ItemType Directory -Force (Join-Path $root 'out/TestResults')
    Remove-Item (Join-Path $root 'out/TestResults/*') -Recurse -Force
    # CI runs the hosts first, and counts their tests too.
    $suites = @(if ($env:PULSERUN_ADD_HOSTS) { Get-HostCounts })
    $memory = New-MemoryFolder
    try {
        $suites += @(Invoke-Suites (Get-Suites))
        [string[]] $unsteady = if (-not $Only) { Invoke-Retry $suites }
    }
    finally { if ($memory) { Remove-Item -Recurse -Force $memory -ErrorAction Ignore } }
    Show-Suites $suites
    $unsteady | Write-Host
    $sum = { param($field) [int] ($suites | Measure-Object $field -Sum).Sum }
    $failed = & $sum Failed
    $skipped = & $sum Skipped
    Write-Host ('{0:0} s, {1:0} s of all processors together without the compiler' -f $clock.Elapsed.TotalSeconds, (Get-ProcessorTime))
    Write-Host "$(& $sum Passed) passed, $failed failed$(if ($skipped) { ", $skipped skipped" })"
    if ($failed -gt 0) { exit 1 }
    if (-not (& $sum Passed)) { throw "No test has '$Only' in its name." }
}

function Get-HostSuite {
    # Returns the suite of a host. Those that run tests have a file with their counts.
    param([string] $Name)
    $script = @('-NoProfile', '-NonInteractive', '-File', (Join-Path $root "tests/Hosts/$Name.ps1"))
    $file = if ($Name -in $testedHosts) { Join-Path $hostResults "$Name.json" }
    if ($file) { $script += '-Result', $file }
    New-Suite $Name (@(Get-PwshCommand) + $script) $file -Load 1.5 -Read ($file ? { param($File) Get-Content -Raw $File | ConvertFrom-Json -AsHashtable } : $null)
}

function Invoke-Hosts {
    # Runs two hosts at a time. Returns the exit code.
    # Only the first ones decide it. Wine and qemu imitate their hosts imperfectly, so their failures are warnings.
    $null = New-Item -ItemType Directory -Force $hostResults
    Remove-Item (Join-Path $hostResults '*')
    $suites = @(($testedHosts + 'Wine' + 'LinuxArm64') | Where-Object { $_ -like "*$Only*" } | ForEach-Object { Get-HostSuite $_ })
    $ended = @(Invoke-Suites $suites)
    Show-Suites $ended
    [int] [bool] @($ended | Where-Object { $_.Suite -in $testedHosts -and $_.Failed })
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
