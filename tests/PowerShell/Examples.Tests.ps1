# Runs the examples as their schedulers do: in a separate process, with the environment of the scheduler only,
# and with the literal lines of the files. Only the path of pwsh is replaced by that of this machine.

BeforeDiscovery {
    $noCron = $IsWindows -or -not (Get-Command sh, flock, timeout -ErrorAction Ignore)
    $noSystemd = -not (Get-Command systemd-analyze -ErrorAction Ignore)
    # Requires a running user manager, as on a desktop or a server with logind.
    $noManager = $noSystemd -or $(systemctl --user show-environment *> $null; $LASTEXITCODE -ne 0)
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    $examples = Join-Path $Root 'examples'

    # The home of a user, with the module in a folder of PSModulePath, the example in ~/pulserun, and pwsh in ~/bin.
    $user = "$TestDrive/home"
    $bin = New-Item -ItemType Directory "$user/bin"
    $modules = New-Item -ItemType Directory "$user/.local/share/powershell/Modules"
    $null = New-Item -ItemType SymbolicLink -Path "$modules/PulseRun" -Target $ModulePath
    $null = New-Item -ItemType Directory "$user/pulserun"
    Copy-Item "$examples/Stop-IdleGpu.ps1" "$user/pulserun"
    [string[]] $pwsh = Get-PwshCommand
    $program = (Get-Command $pwsh[0]).Source
    $launcher = "$bin/pwsh"
    # The settings of build.ps1 for its processes: schedulers pass on no variables.
    Set-Content $launcher "#!/bin/sh`nexport DOTNET_TieredPGO=0 DOTNET_TC_CallCountThreshold=1000 DOTNET_EnableWriteXorExecute=0 DOTNET_MultiCoreJitMinNumCpus=1000 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0 POWERSHELL_TELEMETRY_OPTOUT=1`nexec '$program' $(@($pwsh | Select-Object -Skip 1 | ForEach-Object { "'$_'" }) -join ' ') `"`$@`""
    if (-not $IsWindows) { chmod +x $launcher }

    # The environment that each scheduler passes to a task.
    $cron = @{ HOME = $user; LOGNAME = 'user'; SHELL = '/bin/sh'; PATH = '/usr/bin:/bin' }
    $manager = @{ HOME = $user; LOGNAME = 'user'; USER = 'user'; SHELL = '/bin/bash'; PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin'; LANG = 'C.UTF-8' }

    # Invoke-Bare: runs a program with the given environment only, as env -i does.
    function Invoke-Bare {
        param([hashtable] $Environment, [string] $Program, [string[]] $Arguments, [string] $Folder = $user)
        $start = [System.Diagnostics.ProcessStartInfo]::new($Program)
        $start.Environment.Clear()
        foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
        foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
        $start.WorkingDirectory = $Folder
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $child = [System.Diagnostics.Process]::Start($start)
        $child.StandardInput.Close()
        $output, $errors = $child.StandardOutput.ReadToEndAsync(), $child.StandardError.ReadToEndAsync()
        if (-not $child.WaitForExit(240000)) { $child.Kill($true); throw "$Program did not end." }
        [pscustomobject]@{ ExitCode = $child.ExitCode; Output = $output.Result; Errors = $errors.Result; Text = $output.Result + $errors.Result; Lines = @($output.Result -split "`r?`n" | Where-Object { $_ }) }
    }

    # Save-Key: saves the key as the user, which each example requires once. With -Process in a new process, as the user does.
    function Save-Key([PulseRun.Emulator] $Emulator, [switch] $Process) {
        $script = "Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($Emulator.ApiKey)' -AsPlainText -Force) -BaseUri $($Emulator.BaseUri) -Save -WarningAction SilentlyContinue"
        if ($Process) {
            $saved = Invoke-Bare $manager $launcher '-NoProfile', '-NonInteractive', '-Command', $script
            $saved.ExitCode | Should -Be 0 -Because $saved.Text
        }
        else {
            (Invoke-Runspace $script -Environment @{ HOME = $user; PULSERUN_DATA_DIR = $null; XDG_CONFIG_HOME = $null; XDG_STATE_HOME = $null }).Errors | Should -BeNullOrEmpty
        }
        "$user/.config/pulserun/profiles.json" | Should -Exist
    }

    # Start-QuietFleet: starts an emulator without running instances, so that a run sends one list and does not wait for its jitter.
    function Start-QuietFleet {
        $emulator = Start-TestEmulator -Instances 0
        $null = $emulator.AddInstance([PulseRun.Instance] @{ Id = 'inst_off'; Status = 'stopped'; Gpu = 'h100_80gb' })
        $emulator.ClearRequests()
        $emulator
    }

    # Get-CronLine: returns the command of the crontab, with the path of this machine's pwsh.
    function Get-CronLine {
        $line = Get-Content "$examples/schedule/stop-idle-gpu.crontab" | Where-Object { $_ -like '`* *' }
        @($line).Count | Should -Be 1
        # cron treats the first % as the end of the command.
        $line | Should -Not -Match '%'
        $line | Should -Match ' /usr/bin/pwsh '
        ($line -replace '^(\* ){5}').Replace(' /usr/bin/pwsh ', " $launcher ")
    }

    # Get-ServiceSettings: returns the [Service] section of the unit as systemd reads it (specifiers, quotes, no shell), with the path of this machine's pwsh.
    function Get-ServiceSettings {
        $settings = @{}
        foreach ($line in Get-Content "$examples/schedule/stop-idle-gpu.service" | Where-Object { $_ -match '^\w+=' }) {
            $name, $value = $line -split '=', 2
            $settings[$name] = $value
        }
        $words = @([regex]::Matches($settings.ExecStart, '"(?<word>[^"]*)"|(?<word>\S+)') | ForEach-Object { $_.Groups['word'].Value.Replace('%h', $user) })
        $words[0] | Should -Be '/usr/bin/pwsh'
        $words -join ' ' | Should -Not -Match '[%$;\\]'
        $settings.Words = @($launcher) + @($words | Select-Object -Skip 1)
        $settings
    }

    # Get-StepScripts: returns the scripts of the workflow by step name, each with the environment of its step.
    function Get-StepScripts {
        $lines = Get-Content "$examples/schedule/stop-idle-gpu.yml"
        $steps = [ordered]@{}
        $name = $null
        for ($i = 0; $i -lt $lines.Count; $i++) {
            if ($lines[$i] -match '^      - name: (.+)$') { $name = $Matches[1]; $steps[$name] = @{ Environment = @{}; Script = '' }; continue }
            if ($lines[$i] -match '^      - ') { $name = $null; continue }
            if (-not $name) { continue }
            if ($lines[$i] -match '^          ([A-Z_]+): (.+)$' -and -not $steps[$name].Script) { $steps[$name].Environment[$Matches[1]] = $Matches[2].Trim("'") }
            if ($lines[$i] -match '^        run: (?!\|)(.+)$') { $steps[$name].Script = $Matches[1] }
            if ($lines[$i] -match '^        run: \|$') {
                $block = while ($i + 1 -lt $lines.Count -and ($lines[$i + 1] -match '^          ' -or -not $lines[$i + 1].Trim())) { $i++; $lines[$i] -replace '^ {10}' }
                $steps[$name].Script = $block -join "`n"
            }
        }
        $steps
    }

    # Invoke-Step: runs a script of the workflow as the runner of GitHub Actions does.
    function Invoke-Step([string] $Script, [hashtable] $Environment, [string] $Folder, [string] $Before = '') {
        $path = "$TestDrive/$([guid]::NewGuid()).ps1"
        Set-Content $path "`$ErrorActionPreference = 'stop'`n$Before`n$Script`nif ((Test-Path -LiteralPath variable:\LASTEXITCODE)) { exit `$LASTEXITCODE }"
        Invoke-Bare $Environment $launcher '-NoProfile', '-NonInteractive', '-command', ". '$path'" -Folder $Folder
    }
}

AfterAll { Stop-PREmulator; Disconnect-PulseRun }

Describe 'Stop-IdleGpu.ps1 in a new process with an empty environment' -Skip:$IsWindows {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'finds the module by its name, and the key in the saved profile' {
        $emulator = Start-QuietFleet
        Save-Key $emulator -Process
        $run = Invoke-Bare @{ HOME = $user; PATH = '/usr/bin:/bin' } $launcher '-NoProfile', '-NonInteractive', '-File', "$user/pulserun/Stop-IdleGpu.ps1"
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Lines | Should -Be 'Stopped 0 and removed 0 of 1 instances, 0 failed; saves 0.00 $/h (exit code 0: nothing to do).'
        $run.Errors | Should -BeNullOrEmpty
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
    }

    It 'imports the module and changes nothing with -WhatIf' {
        $emulator = Start-QuietFleet
        Save-Key $emulator
        $run = Invoke-Bare $cron $launcher '-NoProfile', '-NonInteractive', '-File', "$user/pulserun/Stop-IdleGpu.ps1", '-WhatIf', '-RemoveStoppedAfter', '7.00:00:00'
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Lines | Should -Be 'Would have stopped 0 and removed 0 of 1 instances, 0 failed; saves 0.00 $/h (exit code 0: nothing to do).'
    }

    It 'is part of the module, and uses that module when no other is found' {
        $emulator = Start-QuietFleet
        $copy = "$TestDrive/of the module"
        Copy-Item -Recurse $ModulePath $copy
        $run = Invoke-Bare @{ HOME = "$TestDrive/other-home"; PATH = '/usr/bin:/bin'; PULSERUN_API_KEY = $emulator.ApiKey; PULSERUN_BASE_URI = "$($emulator.BaseUri)" } $launcher '-NoProfile', '-NonInteractive', '-File', "$copy/Stop-IdleGpu.ps1", '-DataDir', "$TestDrive/data dir"
        $run.ExitCode | Should -Be 0 -Because $run.Text
        "$TestDrive/data dir" | Should -Exist
    }

    # The crontab has -Quiet, too, and its test is run where cron's programs are.
    if ($noCron) {
        It 'writes nothing with -Quiet when nothing has to be done' {
            $emulator = Start-QuietFleet
            Save-Key $emulator
            $run = Invoke-Bare $cron $launcher '-NoProfile', '-NonInteractive', '-File', "$user/pulserun/Stop-IdleGpu.ps1", '-Quiet'
            $run.ExitCode, $run.Text | Should -Be 0, ''
        }
    }

    It 'writes one plain line for each error: <Name>' -ForEach @(
        @{ Name = 'a list that fails'; Code = 2; Id = 'InvalidRequest'; Do = { Add-Fault $emulator ServerError @{ Status = 400; Times = 100; Text = "a`e[31mb`nc" } }; Lines = 2 }
        @{ Name = 'a key that is refused'; Code = 4; Id = 'Unauthorized'; Do = { Add-Fault $emulator ServerError @{ Status = 401; Times = 100 } }; Lines = 2 }
    ) {
        $emulator = Start-QuietFleet
        Save-Key $emulator
        & $Do
        $run = Invoke-Bare $cron $launcher '-NoProfile', '-NonInteractive', '-File', "$user/pulserun/Stop-IdleGpu.ps1", '-Quiet'
        $run.ExitCode | Should -Be $Code -Because $run.Text
        $run.Lines | Should -HaveCount $Lines -Because $run.Text
        $run.Lines[0] | Should -BeLike "Nothing done (exit code ${Code}: *"
        $run.Lines[1] | Should -BeLike "Error ${Id}: *"
        $run.Errors | Should -BeNullOrEmpty
        $run.Text | Should -Not -Match '[\x00-\x08\x0b-\x1f]'
        # Neither output nor errors contain the key.
        $run.Text | Should -Not -BeLike "*$($emulator.ApiKey)*"
    }

    It 'ends with exit code 4 and an advice when there is no key' {
        $run = Invoke-Bare @{ HOME = "$TestDrive/empty"; PATH = '/usr/bin:/bin'; PSModulePath = "$modules" } $launcher '-NoProfile', '-NonInteractive', '-File', "$user/pulserun/Stop-IdleGpu.ps1", '-Quiet'
        $run.ExitCode | Should -Be 4 -Because $run.Text
        $run.Lines[1] | Should -BeLike 'Error NotConnected: *Connect-PulseRun*'
    }
}

Describe 'The crontab' -Skip:$noCron {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'runs, writes nothing when nothing has to be done, and creates private files' {
        $emulator = Start-QuietFleet
        Save-Key $emulator
        $run = Invoke-Bare $cron /bin/sh '-c', (Get-CronLine)
        $run.ExitCode, $run.Text | Should -Be 0, ''
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
        # Other users can neither read, lock nor replace the audit file and the lock file.
        foreach ($name in 'audit.jsonl', 'stop-idle-gpu.lock') { (Get-Item "$user/pulserun/$name").UnixMode | Should -Be '-rw-------' }
    }

    It 'mails an error in one plain line, without the key' {
        $emulator = Start-QuietFleet
        Save-Key $emulator
        Stop-PREmulator
        $run = Invoke-Bare $cron /bin/sh '-c', (Get-CronLine)
        $run.Lines | Should -HaveCount 2 -Because $run.Text
        $run.Lines[0] | Should -BeLike 'Nothing done (exit code 4: *'
        $run.Lines[1] | Should -BeLike 'Error ConnectionFailed: *'
        $run.Errors | Should -BeNullOrEmpty
        $run.Text | Should -Not -Match '[\x00-\x08\x0b-\x1f]'
        $run.Text | Should -Not -BeLike "*$($emulator.ApiKey)*"
    }

    It 'mails the output, and the exit code of a pwsh that failed: <Code>' -ForEach 0, 1, 2, 5, 64, 137 {
        $fake = "$TestDrive/fake-$Code"
        Set-Content $fake "#!/bin/sh`necho printed`nexit $Code"
        chmod +x $fake
        $run = Invoke-Bare $cron /bin/sh '-c', (Get-CronLine).Replace($launcher, $fake)
        $run.Lines[0] | Should -Be 'printed'
        @($run.Lines | Select-Object -Skip 1) | Should -Be @(if ($Code -gt 5) { "Stop-IdleGpu.ps1 ended with exit code $Code." })
    }

    It 'skips a run while the previous one is running, without a mail' {
        $start = [System.Diagnostics.ProcessStartInfo]::new('flock')
        foreach ($word in "$user/pulserun/stop-idle-gpu.lock", 'sh', '-c', 'echo held; exec cat') { $start.ArgumentList.Add($word) }
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $true
        $held = [System.Diagnostics.Process]::Start($start)
        try {
            $held.StandardOutput.ReadLine() | Should -Be 'held'
            $run = Invoke-Bare $cron /bin/sh '-c', (Get-CronLine).Replace($launcher, '/bin/false')
            $run.ExitCode, $run.Text | Should -Be 0, ''
        }
        finally { $held.StandardInput.Close(); $held.WaitForExit() }
    }

    It 'is accepted by crontab' -Skip:(-not (Get-Command crontab -ErrorAction Ignore)) {
        # Newer versions have -n, which only checks the file. Older ones are tested with a file that they must reject.
        if (-not ((crontab -n /dev/null 2>&1) -join ' ').Contains('invalid option')) {
            crontab -n "$examples/schedule/stop-idle-gpu.crontab"
            $LASTEXITCODE | Should -Be 0
        }
    }
}

Describe 'The systemd units' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'are accepted by systemd without a warning' -Skip:$noSystemd {
        foreach ($kind in 'service', 'timer') {
            Get-Content -Raw "$examples/schedule/stop-idle-gpu.$kind" | ForEach-Object { $_.Replace('=/usr/bin/pwsh ', "=$launcher ") } | Set-Content "$TestDrive/stop-idle-gpu.$kind"
        }
        $was = $env:XDG_RUNTIME_DIR
        try {
            $env:XDG_RUNTIME_DIR = "$TestDrive"
            $said = systemd-analyze --user verify "$TestDrive/stop-idle-gpu.service" "$TestDrive/stop-idle-gpu.timer" 2>&1 | Out-String
        }
        finally { $env:XDG_RUNTIME_DIR = $was }
        $said | Should -Not -Match 'stop-idle-gpu'
        $LASTEXITCODE | Should -Be 0 -Because $said
    }

    It 'start a run that succeeds in the environment of the user manager' -Skip:$IsWindows {
        $emulator = Start-QuietFleet
        Save-Key $emulator
        $settings = Get-ServiceSettings
        $environment = $manager.Clone()
        $name, $value = $settings.Environment -split '=', 2
        $environment[$name] = $value
        $run = Invoke-Bare $environment $settings.Words[0] ($settings.Words | Select-Object -Skip 1) -Folder '/'
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Lines | Should -BeLike 'Stopped 0 and removed 0 of 1 instances*'
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
        $settings.UMask, $settings.Type, $settings.SuccessExitStatus | Should -Be '0077', 'oneshot', '1'
    }

    It 'run under a real user manager' -Skip:$noManager {
        $emulator = Start-QuietFleet
        Save-Key $emulator
        $settings = Get-ServiceSettings
        $said = systemd-run --user --wait --pipe --quiet -p Type=oneshot -p UMask=0077 -E NO_COLOR=1 -E "HOME=$user" -- $settings.Words 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "$said"
    }
}

Describe 'The workflow' -Skip:$IsWindows {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'passes the key to one step only, and pins one version' {
        $text = Get-Content -Raw "$examples/schedule/stop-idle-gpu.yml"
        [regex]::Matches($text, 'secrets\.').Count | Should -Be 1
        $steps = Get-StepScripts
        @($steps.Keys | Where-Object { $steps[$_].Environment.ContainsKey('PULSERUN_API_KEY') }) | Should -Be 'Stop what was idle for an hour'
        $version = "$((Test-ModuleManifest "$ModulePath/PulseRun.psd1").Version)"
        @([regex]::Matches($text, '\d+\.\d+\.\d+') | ForEach-Object Value | Sort-Object -Unique) | Should -Be $version
    }

    It 'installs the package of this repository, and runs' {
        $emulator = Start-QuietFleet
        $steps = Get-StepScripts
        @($steps.Keys).Count | Should -Be 3
        # The part of a clone that the steps use: the examples, and the package of the previous step.
        $clone = New-Item -ItemType Directory "$TestDrive/clone"
        Copy-Item -Recurse $examples $clone
        $null = New-Item -ItemType Directory "$clone/out"
        # build.ps1 Test has created it. It always has the same bytes, and packing takes seconds.
        $package = "$Root/out/PulseRun.$((Test-ModuleManifest "$ModulePath/PulseRun.psd1").Version).nupkg"
        if (Test-Path $package) { Copy-Item $package "$clone/out" } else { $null = & "$Root/tools/New-Package.ps1" -Output "$clone/out" }
        $steps['Build the package'].Script | Should -Be './build.ps1 Pack'
        # The home of a new runner does not contain the module.
        $environment = @{ HOME = "$TestDrive/runner"; PATH = "$bin`:/usr/bin:/bin"; PULSERUN_VERSION = '0.1.0' }
        $null = New-Item -ItemType Directory $environment.HOME
        $installed = Invoke-Step $steps['Install the pinned version'].Script $environment "$clone"
        $installed.ExitCode | Should -Be 0 -Because $installed.Text
        "$($environment.HOME)/.local/share/powershell/Modules/PulseRun/0.1.0/PulseRun.psd1" | Should -Exist

        $step = $steps['Stop what was idle for an hour']
        foreach ($name in $step.Environment.Keys) { $environment[$name] = $step.Environment[$name].Replace('${{ github.workspace }}', "$clone").Replace('${{ secrets.PULSERUN_API_KEY }}', $emulator.ApiKey) }
        $environment.PULSERUN_BASE_URI = "$($emulator.BaseUri)"
        $run = Invoke-Step $step.Script $environment "$clone" -Before 'function Start-Sleep { "slept" }'
        $run.ExitCode | Should -Be 0 -Because $run.Text
        @($run.Lines | Where-Object { $_ -like 'Stopped 0*' }).Count | Should -Be 5
        @($run.Lines | Where-Object { $_ -eq 'slept' }).Count | Should -Be 4
        Get-SentCount $emulator 'GET /v1/instances' | Should -Be 5
        "$clone/.pulserun/audit.jsonl" | Should -Exist

        # The failure of one minute fails the run.
        Add-Fault $emulator ServerError @{ Status = 400; Times = 1 }
        $run = Invoke-Step $step.Script $environment "$clone" -Before 'function Start-Sleep { }'
        # pwsh -command returns 1 for any failing exit code of a dot-sourced script, so the runner reports a failure.
        $run.ExitCode | Should -Not -Be 0 -Because $run.Text
    }
}

Describe 'Register-IdleGpuTask.ps1' -Skip:$IsWindows {
    BeforeAll {
        # Substitutes for the commands of the Windows Task Scheduler: each writes its name and its arguments.
        $played = New-Item -ItemType Directory "$TestDrive/windows/ScheduledTasks"
        $names = 'New-ScheduledTaskAction', 'New-ScheduledTaskTrigger', 'New-ScheduledTaskSettingsSet', 'New-ScheduledTaskPrincipal', 'Register-ScheduledTask'
        ($names | ForEach-Object { "function $_ { `"$_ `$(`$args -join '|')`" | Out-File -Append `$env:PLAYED; [pscustomobject]@{ Made = '$_' } }" }) -join "`n" | Set-Content "$played/ScheduledTasks.psm1"
        $environment = $cron + @{ PSModulePath = "$TestDrive/windows"; PLAYED = "$TestDrive/played.txt"; USERDOMAIN = 'HOST'; USERNAME = 'user' }
    }
    BeforeEach { Remove-Item "$TestDrive/played.txt" -ErrorAction Ignore }

    It '-WhatIf shows the whole line, and registers nothing' {
        $run = Invoke-Bare $environment $launcher '-NoProfile', '-NonInteractive', '-File', "$examples/schedule/Register-IdleGpuTask.ps1", '-WhatIf'
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Output | Should -BeLike '*-NoProfile -NonInteractive*Stop-IdleGpu.ps1" -IdleFor 00:30:00 -RequestBudget 45 -AuditPath *'
        "$TestDrive/played.txt" | Should -Not -Exist
    }

    It 'registers a line that runs' {
        $run = Invoke-Bare $environment $launcher '-NoProfile', '-NonInteractive', '-File', "$examples/schedule/Register-IdleGpuTask.ps1", '-Shell', $launcher
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $played = Get-Content "$TestDrive/played.txt"
        @($played | ForEach-Object { ($_ -split ' ')[0] }) | Should -Be $names
        $action = ($played[0] -split ' ', 2)[1]
        $action | Should -BeLike "-Execute|$launcher|-Argument|*"
        # The argument is split as Windows does, at double quotes only. -WindowStyle is removed, because it exists on Windows only.
        $words = @([regex]::Matches(($action -split '\|', 4)[3], '"(?<word>[^"]*)"|(?<word>\S+)') | ForEach-Object { $_.Groups['word'].Value })
        $words = @($words | Where-Object { $_ -notin '-WindowStyle', 'Hidden' })
        $emulator = Start-QuietFleet
        Save-Key $emulator
        $words = @($words | ForEach-Object { $_ -like '*audit.jsonl' ? "$TestDrive/audit.jsonl" : $_ })
        $ran = Invoke-Bare $cron $launcher $words
        $ran.ExitCode | Should -Be 0 -Because $ran.Text
        Stop-PREmulator
        Disconnect-PulseRun
    }
}
