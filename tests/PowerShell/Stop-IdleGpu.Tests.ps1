BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1
    $script:Script = Join-Path $Root 'examples/Stop-IdleGpu.ps1'

    # Invoke-Script: runs the example with the rule of these tests, and returns its output and its exit code.
    function Invoke-Script([hashtable] $With = @{}) {
        $parameters = $Cleanup + @{ Module = $ModulePath; ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue' }
        foreach ($name in $With.Keys) { $parameters[$name] = $With[$name] }
        $lines = @(& $Script @parameters)
        [pscustomobject]@{ Code = $LASTEXITCODE; Lines = $lines }
    }
}

Describe 'Stop-IdleGpu.ps1' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It '0: nothing to do' {
        $emulator = Start-IdleEmulator 2 -Workloads @{ 0 = 'busy'; 1 = 'busy' }
        $run = Invoke-Script
        $run.Code, $run.Lines | Should -Be 0, 'Stopped 0 and removed 0 of 2 instances, 0 failed; saves 0.00 $/h (exit code 0: nothing to do).'
    }

    It '1: acted, and reports the savings' {
        $emulator = Start-IdleEmulator 3 -Workloads @{ 1 = 'busy' }
        Read-Fleet $emulator
        $run = Invoke-Script
        $run.Code | Should -Be 1
        $run.Lines | Should -Be @(
            'Stopped inst_0 (h100_80gb, vast_ai, 1.00 $/h): Idle'
            'Stopped inst_2 (h100_80gb, vast_ai, 3.00 $/h): Idle'
            'Stopped 2 and removed 0 of 3 instances, 0 failed; saves 4.00 $/h (exit code 1: acted).'
        )
        Get-Running $emulator | Should -Be 'inst_1'
        (Invoke-Script).Code | Should -Be 0
    }

    It '1: with -WhatIf would have acted' {
        $emulator = Start-IdleEmulator 2
        Read-Fleet $emulator
        $run = Invoke-Script @{ WhatIf = $true }
        $run.Code, $run.Lines[-1] | Should -Be 1, 'Would have stopped 2 and removed 0 of 2 instances, 0 failed; saves 3.00 $/h (exit code 1: acted).'
        $run.Lines[0] | Should -Be 'Would stop inst_0 (h100_80gb, vast_ai, 1.00 $/h): Idle'
        Get-Running $emulator | Should -HaveCount 2
    }

    It '1: -RemoveStoppedAfter removes without confirmation' {
        $emulator = Start-IdleEmulator 2 -Workloads @{ 0 = 'busy' }
        $null = $emulator.SetStatus('inst_1', 'stopped')
        (Invoke-Script).Code | Should -Be 0
        Watch-Fleet $emulator 30 3
        $run = Invoke-Script @{ RemoveStoppedAfter = '00:20:00' }
        $run.Code, $run.Lines[-1] | Should -Be 1, 'Stopped 0 and removed 1 of 2 instances, 0 failed; saves 0.00 $/h (exit code 1: acted).'
        $run.Lines[0] | Should -Be 'Removed inst_1 (rtx_4090, vast_ai, 2.00 $/h): StoppedLong'
    }

    It '2: partly failed' {
        $emulator = Start-IdleEmulator 2
        Read-Fleet $emulator
        Add-Fault $emulator ServerError @{ Path = '*/inst_0/stop'; Status = 400 }
        $run = Invoke-Script
        $run.Code | Should -Be 2
        $run.Lines[0, 1] | Should -Be 'Stopped inst_1 (rtx_4090, vast_ai, 2.00 $/h): Idle', 'Stopped 1 and removed 0 of 2 instances, 1 failed; saves 2.00 $/h (exit code 2: something failed).'
        $run.Lines | Should -HaveCount 3
        $run.Lines[2] | Should -BeLike 'Error *inst_0*'
    }

    It '2: a parameter or the audit file is invalid' {
        $emulator = Start-IdleEmulator 1
        (Invoke-Script @{ MinSamples = 0 }).Code | Should -Be 2
        $run = Invoke-Script @{ AuditPath = "$TestDrive" }
        $run.Code | Should -Be 2
        $run.Lines[0] | Should -Be 'Nothing done (exit code 2: something failed).'
        $run.Lines[1] | Should -BeLike 'Error InvalidRequest: *'
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It '3: metrics outage' {
        $emulator = Start-IdleEmulator 5 -Workloads @{ 0 = 'silent'; 1 = 'silent'; 2 = 'blank' }
        Read-Fleet $emulator
        $run = Invoke-Script
        $run.Code | Should -Be 3
        Get-Running $emulator | Should -HaveCount 5
    }

    It '4: <Name>' -ForEach @(
        @{ Name = 'no key'; Connect = { Disconnect-PulseRun } }
        @{ Name = 'a key that is refused'; Connect = { Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_test_wrong -AsPlainText -Force) -BaseUri "$($emulator.BaseUri)" } }
        @{ Name = 'no server'; Connect = { Stop-PREmulator } }
    ) {
        $emulator = Start-IdleEmulator 1
        & $Connect
        (Invoke-Script).Code | Should -Be 4
    }

    It 'does not stop instances that are protected, excluded or above -MaxActions' {
        $emulator = Start-IdleEmulator 4
        Read-Fleet $emulator
        $null = Protect-PRInstance inst_0
        (Invoke-Script @{ Exclude = '*_1'; MaxActions = 1; AuditLevel = 'All'; AuditPath = (Join-Path $TestDrive audit.jsonl) }).Code | Should -Be 1
        Get-Running $emulator | Should -Be 'inst_0', 'inst_1', 'inst_2'
        Get-Content (Join-Path $TestDrive audit.jsonl) | Should -HaveCount 5
        # By default the audit file contains decisions to act only, and there are none here.
        (Invoke-Script @{ Exclude = '*'; AuditPath = (Join-Path $TestDrive acts.jsonl) }).Code | Should -Be 0
        Get-Content (Join-Path $TestDrive acts.jsonl) | Should -BeNullOrEmpty
    }

    It 'takes several exclusions in one string, as pwsh -File passes them' {
        $emulator = Start-IdleEmulator 3
        Read-Fleet $emulator
        (Invoke-Script @{ Exclude = 'inst_0, *_1' }).Code | Should -Be 1
        Get-Running $emulator | Should -Be 'inst_0', 'inst_1'
    }

    It 'names the instances that it stopped before an error ended the run' {
        $emulator = Start-IdleEmulator 3
        Read-Fleet $emulator
        # The acts run at the same time. The key is rejected when the most expensive instance has been stopped.
        Add-Fault $emulator Delay @{ Path = '*/inst_1/stop'; Duration = '01:00:00' }
        Add-Fault $emulator ServerError @{ Path = '*/inst_1/stop'; Status = 401; Times = 100 }
        $waiting = [powershell]::Create().AddScript({
                param($emulator)
                while (@($emulator.Requests | Where-Object { ($_.Path -like '*/inst_2/stop' -and $_.Status -eq 200) -or $_.Path -like '*/inst_1/stop' }).Count -lt 2) { Start-Sleep -Milliseconds 10 }
                $emulator.ClearFaults()
            }).AddArgument($emulator)
        $null = $waiting.BeginInvoke()
        try { $run = Invoke-Script }
        finally { $waiting.Dispose() }
        $run.Code | Should -Be 4
        $stopped = @($emulator.Instances | Where-Object Status -EQ stopped | ForEach-Object Id)
        $stopped | Should -Contain 'inst_2'
        # Each stopped instance is in the list of acts or in the warning about unconfirmed requests.
        foreach ($id in $stopped) { @($run.Lines | Where-Object { $_ -like "Stopped $id *" -or $_ -like "Warning: *not confirmed*$id*" }).Count | Should -Be 1 -Because ($run.Lines -join " / ") }
        $run.Lines | Should -Contain 'Nothing more was done (exit code 4: not connected).'
        @($run.Lines | Where-Object { $_ -like 'Error Unauthorized: *' }).Count | Should -Be 1
    }

    It 'writes with -Quiet only when something was done' {
        $emulator = Start-IdleEmulator 2 -Workloads @{ 0 = 'busy' }
        (Invoke-Script @{ Quiet = $true }).Lines | Should -BeNullOrEmpty
        Read-Fleet $emulator
        $run = Invoke-Script @{ Quiet = $true }
        $run.Code, $run.Lines[0] | Should -Be 1, 'Stopped inst_1 (rtx_4090, vast_ai, 2.00 $/h): Idle'
    }

    It 'runs as a scheduler runs it: in a separate process, with the key from the environment' {
        $emulator = Start-IdleEmulator 1 -Workloads @{ 0 = 'busy' }
        $child = Invoke-Child "& '$Script' -Module '$ModulePath' -Jitter 0; exit `$LASTEXITCODE" -Environment @{ PULSERUN_API_KEY = $emulator.ApiKey; PULSERUN_BASE_URI = "$($emulator.BaseUri)" }
        $child.ExitCode, $child.Lines | Should -Be 0, 'Stopped 0 and removed 0 of 1 instances, 0 failed; saves 0.00 $/h (exit code 0: nothing to do).'
    }

    It 'stops the idle instances of a simulated day, and never a busy one' {
        # It runs every 5 minutes. Each load lasts 5 minutes, so each is read once.
        $emulator = Start-IdleEmulator 6
        $hours = { param([scriptblock] $Load) foreach ($tick in 0..287) { & $Load ($tick / 12) } }
        $loads = @{
            inst_0 = & $hours { 95 }                                            # busy all day
            inst_1 = & $hours { param($hour) $hour -lt 9 -or $hour -ge 17 ? 0 : 80 }  # idle before working hours
            inst_2 = & $hours { param($hour) $hour -lt 12 ? 70 : 2 }            # done at noon
            inst_3 = & $hours { param($hour) ($hour % 0.5) -lt 0.08 ? 30 : 0 }     # five minutes of each half hour
            inst_4 = & $hours { param($hour) $hour -lt 6 ? 50 : $hour -lt 7 ? $null : 60 }  # an hour without readings
            inst_5 = & $hours { param($hour) $hour -ge 20 ? 0 : $hour % 1 -lt 0.5 ? 0 : 40 } # 30 idle minutes each hour, shorter than the window
        }
        foreach ($id in $loads.Keys) { Set-Series $emulator $id $loads[$id] -Step '00:05:00' }
        $codes = @{}
        $stopped = @{}
        foreach ($tick in 0..287) {
            $run = Invoke-Script @{ IdleFor = '00:45:00'; MinSamples = 9; MaxGap = '00:06:00'; MaxUnknownPercent = 70 }
            $codes["$($run.Code)"]++
            foreach ($id in $loads.Keys | Where-Object { -not $stopped.ContainsKey($_) -and (Get-Running $emulator) -notcontains $_ }) { $stopped[$id] = $tick / 12 }
            $emulator.Advance('00:05:00')
        }
        $codes.Keys | Sort-Object | Should -Be '0', '1'
        $codes['1'] | Should -Be 3
        $stopped.Keys | Sort-Object | Should -Be 'inst_1', 'inst_2', 'inst_5'
        # Each instance is stopped by the first run at which its whole window was idle.
        $stopped['inst_1'] | Should -Be 0.75
        [Math]::Round($stopped['inst_2'], 2) | Should -Be 12.75
        [Math]::Round($stopped['inst_5'], 2) | Should -Be 20.75
    }
}

Describe 'examples/schedule' {
    It 'contains scripts without syntax errors: <_>' -ForEach 'Stop-IdleGpu.ps1', 'schedule/Register-IdleGpuTask.ps1' {
        $problems = $null
        $null = [System.Management.Automation.Language.Parser]::ParseFile((Join-Path $Root "examples/$_"), [ref] $null, [ref] $problems)
        $problems | Should -BeNullOrEmpty
    }

    It 'uses existing parameters of the script: <_>' -ForEach 'Register-IdleGpuTask.ps1', 'stop-idle-gpu.service', 'stop-idle-gpu.crontab', 'stop-idle-gpu.yml' {
        $known = (Get-Command $Script).Parameters.Keys
        $line = Get-Content (Join-Path $Root "examples/schedule/$_") | Where-Object { $_ -match 'IdleFor' }
        $line | Should -Not -BeNullOrEmpty
        $given = [regex]::Matches("$line", '(?<=\s|''|")-(?<name>[A-Z]\w+)') | ForEach-Object { $_.Groups['name'].Value } | Where-Object { $_ -notin 'NoProfile', 'NonInteractive', 'File', 'WindowStyle' }
        $given | Should -Contain 'IdleFor'
        $given | Where-Object { $_ -notin $known } | Should -BeNullOrEmpty
    }
}
