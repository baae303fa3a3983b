BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'Invoke-PRCleanup' {
    # A protection applies to its id in every connection, and the next test has the same ids.
    AfterEach { try { Get-PRProtection | Unprotect-PRInstance } catch { }; Stop-PREmulator; Disconnect-PulseRun }

    Context 'Stops' {
        It 'stops only idle instances, and returns the reason and the savings' {
            $emulator = Start-IdleEmulator -Workloads @{ 1 = 'busy'; 2 = 'silent' }
            Read-Fleet $emulator
            $null = $emulator.SetStatus('inst_4', 'stopped')
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Stopped Idle', 'inst_1 Skipped Active', 'inst_2 Skipped Unknown', 'inst_3 Stopped Idle', 'inst_4 Skipped AlreadyStopped', 'inst_5 Stopped Idle'
            $done.Actions[0] | Should -BeOfType PulseRun.CleanupAction
            $done.Actions[0].Verdict, $done.Actions[0].VerdictReason, $done.Actions[0].Status | Should -Be 'Idle', 'AllBelowThreshold', 'stopped'
            $done.Actions[2].VerdictReason | Should -Be 'MetricsUnavailable'
            $done.Actions.CostPerHour | Should -Be 1, 2, 3, 4, 5, 6
            $done.Actions.SavedPerHour | Should -Be 1, 0, 0, 4, 0, 6
            @($done.Errors) + $done.Warnings | Should -BeNullOrEmpty
            Get-Running $emulator | Should -Be 'inst_1', 'inst_2'
        }

        It 'sends one list, one reading per running instance, and two requests per act' {
            $emulator = Start-IdleEmulator -Workloads @{ 1 = 'busy' }
            Read-Fleet $emulator
            (Invoke-TestCleanup @{ MaxActions = 2 }).Actions | Should -HaveCount 6
            $emulator.Requests | Should -HaveCount (1 + 6 + 2 * 2)
            Get-Acts $emulator | Sort-Object | Should -Be 'POST /v1/instances/inst_4/stop', 'POST /v1/instances/inst_5/stop'
        }

        It 'does nothing when it is repeated' {
            $emulator = Start-IdleEmulator 2
            Read-Fleet $emulator
            $null = Invoke-TestCleanup
            $emulator.ClearRequests()
            (Invoke-TestCleanup).Text | Should -Be 'inst_0 Skipped AlreadyStopped', 'inst_1 Skipped AlreadyStopped'
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }

        It 'does not stop an instance that is <Name> right before the stop' -ForEach @(
            @{ Name = 'busy'; Then = 60 }
            @{ Name = 'without an answer'; Then = 'missing' }
            @{ Name = 'without a number'; Then = $null }
        ) {
            $emulator = Start-IdleEmulator 2
            Read-Fleet $emulator
            # The first reading is that of the run, the second is the second look before the stop.
            Set-Series $emulator inst_1 0, $Then
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Stopped Idle', 'inst_1 Skipped NoLongerIdle'
            $done.Warnings | Should -HaveCount 1
            "$($done.Warnings)" | Should -BeLike '*inst_1*'
            $done.Actions[1].SavedPerHour | Should -Be 0
            Get-Running $emulator | Should -Be 'inst_1'
        }

        It 'accepts an instance that was stopped between verdict and stop, for one request in addition to the look' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            # A stopped instance has no metrics, so the second look fails, and the read of the state finds it stopped.
            Set-Series $emulator inst_0 0, 'missing'
            Add-Fault $emulator UnknownStatus @{ Path = '*/instances/inst_0'; Text = 'stopped' }
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Skipped AlreadyDone'
            @($done.Errors) + $done.Warnings | Should -BeNullOrEmpty
            Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_0/metrics', 'GET /v1/instances/inst_0/metrics', 'GET /v1/instances/inst_0'
        }

        It 'reports a provider that cannot stop once, and continues' {
            $emulator = Start-IdleEmulator 3
            Read-Fleet $emulator
            Add-Fault $emulator ServerError @{ Path = '*/inst_1/stop'; Status = 400; Text = 'This provider does not support stopping.' }
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Stopped Idle', 'inst_1 Failed Refused', 'inst_2 Stopped Idle'
            $done.ErrorIds | Should -Be 'InvalidRequest'
            $done.Errors[0].TargetObject.Id | Should -Be 'inst_1'
            $done.Actions[1].Error | Should -BeLike '*does not support stopping*'
            $done.Actions[1].SavedPerHour | Should -Be 0
            @(Get-Acts $emulator | Where-Object { $_ -like '*inst_1*' }) | Should -HaveCount 1
        }

        It 'does not stop an instance for which another process has just recorded a busy reading' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            Set-Series $emulator inst_0 80, 0
            Get-PRInstanceMetrics inst_0 | Out-Null
            (Invoke-TestCleanup).Text | Should -Be 'inst_0 Skipped Active'
        }
    }

    Context 'Does not act' {
        It 'when 60 % of the instances give no metrics, which it reports' {
            $emulator = Start-IdleEmulator 10 -Workloads @{ 0 = 'silent'; 1 = 'silent'; 2 = 'silent'; 3 = 'blank'; 4 = 'blank'; 5 = 'blank' }
            Read-Fleet $emulator
            $done = Invoke-TestCleanup
            $done.ErrorIds | Should -Be 'MetricsOutage'
            $done.Errors[0].CategoryInfo.Category | Should -Be 'ResourceUnavailable'
            $done.Actions | Should -HaveCount 10
            $done.Actions.Action | Select-Object -Unique | Should -Be 'Skipped'
            $done.Actions[0].Reason, $done.Actions[9].Reason | Should -Be 'Unknown', 'MetricsOutage'
            Get-Acts $emulator | Should -BeNullOrEmpty
            # One list, ten readings, and one more list, because instances that were stopped meanwhile are no outage.
            $emulator.Requests | Should -HaveCount 12
        }

        It 'unless only 50 % give none, or -MaxUnknownPercent allows more' {
            $emulator = Start-IdleEmulator 4 -Workloads @{ 0 = 'silent'; 1 = 'silent'; 2 = 'silent' }
            Read-Fleet $emulator
            (Invoke-TestCleanup).ErrorIds | Should -Be 'MetricsOutage'
            $done = Invoke-TestCleanup @{ MaxUnknownPercent = 75 }
            $done.Errors | Should -BeNullOrEmpty
            $done.Text[3] | Should -Be 'inst_3 Stopped Idle'
        }

        It 'but reports no outage for a fleet with models in GPU memory' {
            $emulator = Start-IdleEmulator 3
            foreach ($id in 'inst_0', 'inst_1') { Set-Series $emulator $id @{ GpuUtilization = 0; MemoryUsage = 80 } }
            Read-Fleet $emulator
            $done = Invoke-TestCleanup
            $done.Errors | Should -BeNullOrEmpty
            $done.Text | Should -Be 'inst_0 Skipped Unknown', 'inst_1 Skipped Unknown', 'inst_2 Stopped Idle'
            $done.Actions[0].VerdictReason | Should -Be 'MemoryHeld'
        }

        It 'and removes nothing in an outage' {
            $emulator = Start-IdleEmulator 3 -Workloads @{ 0 = 'silent'; 1 = 'silent' }
            Read-Fleet $emulator
            $null = $emulator.SetStatus('inst_2', 'stopped')
            $null = Invoke-TestCleanup
            Watch-Fleet $emulator 120
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            $done.ErrorIds | Should -Be 'MetricsOutage'
            $done.Text[2] | Should -Be 'inst_2 Skipped MetricsOutage'
        }

        It 'on protected or excluded instances' {
            $emulator = Start-IdleEmulator 4
            Read-Fleet $emulator
            $null = Protect-PRInstance -Id inst_0 -Reason 'a demo'
            $done = Invoke-TestCleanup @{ Exclude = 'INST_1', '*_2' }
            $done.Text | Should -Be 'inst_0 Skipped Protected', 'inst_1 Skipped Excluded', 'inst_2 Skipped Excluded', 'inst_3 Stopped Idle'
        }

        It 'on instances that -<Name> does not select, and does not read them' -ForEach @(
            @{ Name = 'Gpu'; With = @{ Gpu = 'RTX_*' }; Expected = 'inst_1', 'inst_3' }
            @{ Name = 'Region'; With = @{ Region = 'us-*' }; Expected = @() }
            @{ Name = 'Provider'; With = @{ Provider = 'vast_ai', 'lambda' }; Expected = 'inst_0', 'inst_1', 'inst_2', 'inst_3' }
            @{ Name = 'Template'; With = @{ Template = 'vllm' }; Expected = @() }
        ) {
            $emulator = Start-IdleEmulator 4
            Read-Fleet $emulator
            @((Invoke-TestCleanup $With).Actions.Id) | Should -Be $Expected
            $emulator.Requests | Should -HaveCount (1 + 3 * $Expected.Count)
        }

        It 'and rejects an empty variable for -<_>, which would select everything' -ForEach 'Exclude', 'Gpu', 'Region', 'Provider', 'Template' {
            $emulator = Start-IdleEmulator 1
            $with = @{ IdleFor = '00:10:00'; $_ = $null }
            { Invoke-PRCleanup @with } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'on more than -MaxActions instances, the most expensive first; with 0 on none' {
            $emulator = Start-IdleEmulator 4
            Read-Fleet $emulator
            (Invoke-TestCleanup @{ MaxActions = 0 }).Actions.Reason | Select-Object -Unique | Should -Be 'MaxActions'
            (Invoke-TestCleanup @{ MaxActions = 1 }).Text | Should -Be 'inst_0 Skipped MaxActions', 'inst_1 Skipped MaxActions', 'inst_2 Skipped MaxActions', 'inst_3 Stopped Idle'
            Get-Running $emulator | Should -Be 'inst_0', 'inst_1', 'inst_2'
        }

        It 'when the store is unavailable, because protections cannot be read' {
            $emulator = Start-IdleEmulator 2
            Read-Fleet $emulator
            $was = $env:PULSERUN_DATA_DIR
            try {
                $env:PULSERUN_DATA_DIR = New-Item (Join-Path $TestDrive 'a file')
                $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '00:00:01'; MaxUnknownPercent = 100 }
            }
            finally { $env:PULSERUN_DATA_DIR = $was }
            $done.Actions.Action | Should -Be 'Skipped', 'Skipped'
            $done.Actions.Verdict | Should -Be 'Unknown', 'Unknown'
            $done.Warnings | Should -HaveCount 1
            Get-Acts $emulator | Should -BeNullOrEmpty
        }

        It 'on old readings when the new ones cannot be recorded' {
            $emulator = Start-IdleEmulator 1
            $was = $env:PULSERUN_DATA_DIR
            try {
                $env:PULSERUN_DATA_DIR = Join-Path $TestDrive 'full'
                Read-Fleet $emulator
                Set-Series $emulator inst_0 90
                # As on a full disk, the store accepts no readings but returns the existing ones.
                Invoke-StoreSql "CREATE TRIGGER full BEFORE INSERT ON sample BEGIN SELECT RAISE(ABORT, 'full'); END"
                $done = Invoke-TestCleanup @{ MaxUnknownPercent = 100 }
            }
            finally { $env:PULSERUN_DATA_DIR = $was }
            $done.Actions[0].Action, $done.Actions[0].Verdict | Should -Be 'Skipped', 'Unknown'
            $done.Warnings | Should -HaveCount 1
            Get-Running $emulator | Should -Be 'inst_0'
        }
    }

    Context 'Removes' {
        BeforeEach {
            $emulator = Start-IdleEmulator 3 -Workloads @{ 0 = 'busy' }
            $null = $emulator.SetStatus('inst_1', 'stopped')
            $null = Invoke-TestCleanup
            Watch-Fleet $emulator 40
            $null = $emulator.SetStatus('inst_2', 'stopped')
        }

        It 'instances that the history shows as stopped for -RemoveStoppedAfter, for 2 requests each' {
            $null = Invoke-TestCleanup
            Watch-Fleet $emulator 40
            $emulator.ClearRequests()
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            $done.Text | Should -Be 'inst_0 Skipped Active', 'inst_1 Removed StoppedLong', 'inst_2 Skipped StoppedRecently'
            $done.Actions[1].SavedPerHour, $done.Actions[1].Status | Should -Be 0, 'terminated'
            Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_0/metrics', 'GET /v1/instances/inst_1', 'DELETE /v1/instances/inst_1'
        }

        It 'no instance that was started and stopped again in between' {
            $null = Start-PRInstance inst_1
            $null = $emulator.SetStatus('inst_1', 'stopped')
            Watch-Fleet $emulator 40
            (Invoke-TestCleanup @{ RemoveStoppedAfter = '00:30:00' }).Text[1] | Should -Be 'inst_1 Skipped StoppedRecently'
        }

        It 'no instance that is started between verdict and removal' {
            Watch-Fleet $emulator 40
            # The list shows the instance as stopped, and the second look shows it as running.
            $null = $emulator.SetStatus('inst_1', 'stopped')
            Add-Fault $emulator UnknownStatus @{ Path = '*/instances/inst_1'; Text = 'starting' }
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            $done.Text[1] | Should -Be 'inst_1 Skipped NoLongerStopped'
            $done.Warnings | Should -HaveCount 1
            Get-Acts $emulator | Should -BeNullOrEmpty
        }

        It 'and accepts an instance that is gone at the second look' {
            Watch-Fleet $emulator 40
            Add-Fault $emulator ServerError @{ Path = '*/instances/inst_1'; Status = 404 }
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            $done.Text[1] | Should -Be 'inst_1 Skipped AlreadyDone'
            @($done.Errors) + $done.Warnings | Should -BeNullOrEmpty
        }

        It 'no protected instance' {
            Watch-Fleet $emulator 60
            $null = Protect-PRInstance -Id inst_1
            (Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }).Text[1] | Should -Be 'inst_1 Skipped Protected'
        }

        It 'without confirmation with -Force' {
            Watch-Fleet $emulator 40
            $done = Invoke-PRCleanup @Cleanup -RemoveStoppedAfter 01:00 -Force
            $done[1].Action | Should -Be 'Removed'
        }

        It 'nothing when the host cannot prompt: it fails and names the switch' {
            $child = Invoke-Child @"
                `$e = Start-PREmulator -Instances 0 -RequestsPerMinute 0
                `$e | Connect-PulseRun
                `$null = `$e.AddInstance(@{ Id = 'inst_idle'; Status = 'running'; StartedAt = `$e.UtcNow.AddDays(-1) })
                `$e.SetWorkload('inst_idle', 'idle')
                `$null = `$e.AddInstance(@{ Id = 'inst_old'; Status = 'stopped' })
                1..8 | ForEach-Object { `$e.Advance('00:02:00'); `$null = Get-PRIdleInstance }
                `$e.Advance('00:02:00')
                `$e.ClearRequests()
                try { Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -RemoveStoppedAfter 00:13 -ErrorAction Stop | ForEach-Object { "action `$(`$_.Action)" } }
                catch { "`$(`$_.FullyQualifiedErrorId)"; "`$(`$_.Exception.Message)" }
                `$e.Requests | Where-Object Method -ne GET | ForEach-Object { "sent `$_" }
                Stop-PREmulator
"@
            $child.Lines[0] | Should -BeLike 'InvalidRequest*'
            $child.Lines[1] | Should -BeLike '*-Force*'
            $child.Lines | Should -HaveCount 2
        }
    }

    Context '-WhatIf' {
        It 'does not act, but takes and records readings and returns decisions' {
            $emulator = Start-IdleEmulator 4 -Workloads @{ 1 = 'busy' }
            $null = $emulator.SetStatus('inst_2', 'stopped')
            Read-Fleet $emulator 8
            $audit = Join-Path $TestDrive 'whatif.jsonl'
            $done = Invoke-TestCleanup @{ WhatIf = $true; RemoveStoppedAfter = '00:13:00'; AuditLevel = 'All'; AuditPath = $audit }
            $done.Text | Should -Be 'inst_0 WouldStop Idle', 'inst_1 Skipped Active', 'inst_2 WouldRemove StoppedLong', 'inst_3 WouldStop Idle'
            $done.Actions.SavedPerHour | Should -Be 1, 0, 0, 4
            Get-Acts $emulator | Should -BeNullOrEmpty
            # There is no second look.
            $emulator.Requests | Should -HaveCount (1 + 3)
            Get-Content $audit | ConvertFrom-Json | ForEach-Object { "$($_.id) $($_.action)" } | Sort-Object | Should -Be 'inst_0 WouldStop', 'inst_1 Skipped', 'inst_2 WouldRemove', 'inst_3 WouldStop'
            @(Get-PRInstanceMetrics -History -Id inst_0) | Should -HaveCount 9
        }

        It 'applies with -Force too' {
            $emulator = Start-IdleEmulator 1
            $null = $emulator.SetStatus('inst_0', 'stopped')
            $null = Invoke-TestCleanup
            Watch-Fleet $emulator 40 4
            (Invoke-TestCleanup @{ WhatIf = $true; Force = $true; RemoveStoppedAfter = '00:30:00' }).Text | Should -Be 'inst_0 WouldRemove StoppedLong'
            $emulator.Instances | Should -HaveCount 1
        }
    }

    Context 'Requests' {
        It 'are limited by -RequestBudget; windows that have begun are read first' {
            $emulator = Start-IdleEmulator 5
            foreach ($id in 'inst_0', 'inst_3', 'inst_1') {
                Get-PRInstanceMetrics $id | Out-Null
                $emulator.Advance('00:01:00')
            }
            $emulator.ClearRequests()
            $done = Invoke-TestCleanup @{ RequestBudget = 4 }
            Get-Sent $emulator | Sort-Object | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_0/metrics', 'GET /v1/instances/inst_1/metrics', 'GET /v1/instances/inst_3/metrics'
            $done.Actions.Verdict | Select-Object -Unique | Should -Be 'Unknown'
        }

        It 'are limited by the connection by default' {
            $emulator = Start-IdleEmulator 6
            $emulator | Connect-PulseRun -RequestsPerMinute 4
            $null = Invoke-TestCleanup
            $emulator.Requests | Should -HaveCount 4
        }

        It 'are spread over -Jitter' {
            $emulator = Start-IdleEmulator 8
            $null = Invoke-TestCleanup @{ Jitter = '00:00:00.4' }
            $times = @($emulator.Requests | Where-Object Path -Like '*/metrics' | ForEach-Object Time | Sort-Object)
            ($times[-1] - $times[0]).TotalMilliseconds | Should -BeGreaterThan 60
        }

        It 'cannot be spread over a -Jitter of <_>' -ForEach '-00:00:01', '02:00:00' {
            $emulator = Start-IdleEmulator 1
            { Invoke-PRCleanup -IdleFor 00:10 -Jitter $_ } | Should -Throw -ErrorId 'InvalidRequest*'
            $emulator.Requests | Should -BeNullOrEmpty
        }
    }

    Context 'Audit' {
        It 'appends one line of JSON per decision and one before each act, without secrets' {
            $emulator = Start-IdleEmulator 3 -Workloads @{ 1 = 'busy' }
            Read-Fleet $emulator
            Add-Fault $emulator ServerError @{ Path = '*/inst_2/stop'; Status = 400; Text = "No. Key pr_live_0123456789abcdef0123`nnew line" }
            $audit = Join-Path $TestDrive 'new folder/audit.jsonl'
            $null = Invoke-TestCleanup @{ AuditLevel = 'All'; AuditPath = $audit }
            $null = Invoke-TestCleanup @{ AuditLevel = 'All'; AuditPath = $audit; WhatIf = $true }
            $text = Get-Content -Raw $audit
            $text | Should -Not -BeLike '*pr_live_0123*'
            $text | Should -Not -BeLike "*$($emulator.ApiKey)*"
            $lines = @(Get-Content $audit | ConvertFrom-Json)
            $lines | Should -HaveCount 8
            ($lines | Where-Object phase -EQ result) | Should -HaveCount 6
            $lines | Where-Object phase -EQ intent | ForEach-Object { "$($_.id) $($_.action)" } | Sort-Object | Should -Be 'inst_0 Stop', 'inst_2 Stop'
            # The intent of each act comes before its result.
            ($lines | Where-Object id -EQ inst_0)[0, 1].action | Should -Be 'Stop', 'Stopped'
            $lines.run | Select-Object -Unique | Should -HaveCount 2
            $stopped = $lines | Where-Object action -EQ Stopped
            $stopped.id, $stopped.reason, $stopped.verdict, $stopped.verdictReason, $stopped.costPerHour, $stopped.savedPerHour |
                Should -Be 'inst_0', 'Idle', 'Idle', 'AllBelowThreshold', 1, 1
            $stopped.sampleCount, $stopped.coverage | Should -Be 6, 1
            ($lines | Where-Object action -EQ Failed).error | Should -BeLike '*inst_2*No.*'
        }

        It 'fails the run before any act when it cannot be written' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            { Invoke-PRCleanup @Cleanup -AuditPath $TestDrive } | Should -Throw -ErrorId 'InvalidRequest*'
            $emulator.Requests | Should -BeNullOrEmpty
        }
    }

    Context 'A full disk' {
        BeforeAll {
            # A separate file system of 64 KB, which only root can mount.
            $disk = Join-Path $TestDrive 'disk'
            $null = New-Item -ItemType Directory $disk
            $canMount = $IsLinux -and (id -u) -eq '0'
            if ($canMount) { mount -t tmpfs -o size=64k none $disk 2>$null; $canMount = $LASTEXITCODE -eq 0 }
        }
        AfterAll { if ($canMount) { umount $disk } }

        It 'ends all acts at the first line that cannot be written, because each act needs its intent on the disk' {
            if (-not $canMount) { Set-ItResult -Skipped -Because 'a full disk needs root' }
            $emulator = Start-IdleEmulator 6
            Read-Fleet $emulator
            $audit = Join-Path $disk 'audit.jsonl'
            # There is room for two or three lines.
            [IO.File]::WriteAllBytes((Join-Path $disk filler), [byte[]]::new(60KB))
            [IO.File]::WriteAllText($audit, ('{"id":"old"}' + "`n") * 240)
            $done = Invoke-TestCleanup @{ AuditPath = $audit; ThrottleLimit = 1 }
            $lines = @(Get-Content $audit | ConvertFrom-Json)
            $stopped = @($done.Actions | Where-Object Action -EQ Stopped)
            $stopped.Count | Should -BeLessThan 4
            Get-Running $emulator | Should -HaveCount (6 - $stopped.Count)
            foreach ($one in $stopped) { $lines | Where-Object { $_.id -eq $one.Id -and $_.phase -eq 'intent' } | Should -Not -BeNullOrEmpty }
            $done.ErrorIds | Should -Be 'JournalUnavailable'
            @($done.Actions | Where-Object Action -NE Stopped).Reason | Select-Object -Unique | Should -Be 'AuditFailed'
            @($done.Actions) | Should -HaveCount 6
        }
    }

    Context 'The second look' {
        It 'is repeated when the rate limit delays the stop' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            Add-Fault $emulator TooManyRequests @{ Method = 'POST'; Path = '*/stop'; Times = 1; RetryAfter = 1 }
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Stopped Idle'
            Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_0/metrics',
                'GET /v1/instances/inst_0/metrics', 'POST /v1/instances/inst_0/stop', 'GET /v1/instances/inst_0/metrics', 'POST /v1/instances/inst_0/stop'
        }

        It 'finds an instance busy that became busy while the rate limit delayed the stop' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            Set-Series $emulator inst_0 0, 0, 90
            Add-Fault $emulator TooManyRequests @{ Method = 'POST'; Path = '*/stop'; Times = 1; RetryAfter = 1 }
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Skipped NoLongerIdle'
            Get-Acts $emulator | Should -HaveCount 1
            Get-Running $emulator | Should -Be 'inst_0'
        }

        It 'precedes each removal: an instance that was started after a <Kind> is not removed' -ForEach @(
            @{ Kind = 'TooManyRequests'; With = @{ RetryAfter = 1 } }
            @{ Kind = 'ServerError'; With = @{ Status = 503 } }
            @{ Kind = 'CutBeforeAnswer'; With = @{ } }
        ) {
            $emulator = Start-IdleEmulator 1
            $null = $emulator.SetStatus('inst_0', 'stopped')
            Watch-Fleet $emulator 72
            Add-Fault $emulator $Kind ($With + @{ Method = 'DELETE'; Times = 1 })
            # The look before the first removal shows the instance stopped; later ones do not.
            Add-Fault $emulator UnknownStatus @{ Method = 'GET'; Path = '*/instances/inst_0'; Text = 'running'; Skip = 1 }
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            @(Get-Acts $emulator) | Should -HaveCount 1
            $emulator.Instances | Should -HaveCount 1
            $done.Actions[0].Action | Should -Be 'Skipped'
            $done.Actions[0].Reason | Should -Be 'NoLongerStopped'
        }

        It 'accepts a removal that succeeded although its response was 503' {
            $emulator = Start-IdleEmulator 1
            $null = $emulator.SetStatus('inst_0', 'stopped')
            Watch-Fleet $emulator 72
            Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'DELETE'; Times = 1; Status = 503 }
            (Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }).Text | Should -Be 'inst_0 Removed StoppedLong'
            @(Get-Acts $emulator) | Should -HaveCount 1
        }

        It 'leaves an act to the next run when the rate limit delays it for too long' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            Add-Fault $emulator TooManyRequests @{ Method = 'POST'; Path = '*/stop'; RetryAfter = 0 }
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Skipped LookTooOld'
            $done.Errors | Should -BeNullOrEmpty
            Get-Running $emulator | Should -Be 'inst_0'
        }

        It 'does not stop an instance that is protected during the run' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            Add-Fault $emulator Delay @{ Path = '*/metrics'; Skip = 1; Duration = '00:00:01' }
            $pipeline = Start-Pipeline $emulator "Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -Confirm:`$false | ForEach-Object { `"`$(`$_.Id) `$(`$_.Action) `$(`$_.Reason)`" }"
            Wait-Until { (Get-SentCount $emulator '*metrics') -ge 2 }
            # The protection is made with another connection to the same fleet.
            Connect-PulseRun -ApiKey (ConvertTo-SecureString $emulator.ApiKey -AsPlainText -Force) -BaseUri "$($emulator.BaseUri)/"
            $null = Protect-PRInstance -Id inst_0
            $pipeline.Shell.EndInvoke($pipeline.Running) | Should -Be 'inst_0 Skipped Protected'
            $pipeline.Shell.Dispose()
            Get-Running $emulator | Should -Be 'inst_0'
        }
    }

    Context 'Removal needs recorded states' {
        It 'without long gaps: two lists seven days apart do not prove seven days' {
            $emulator = Start-IdleEmulator 1
            $null = $emulator.SetStatus('inst_0', 'stopped')
            $null = Invoke-TestCleanup
            $emulator.Advance('7.00:00:00')
            (Invoke-TestCleanup @{ RemoveStoppedAfter = '7.00:00:00' }).Text | Should -Be 'inst_0 Skipped StoppedRecently'
            Get-Acts $emulator | Should -BeNullOrEmpty
        }

        It 'with the same start time: a missing value counts as different' {
            $emulator = Start-IdleEmulator 1
            $null = $emulator.SetStatus('inst_0', 'stopped')
            Watch-Fleet $emulator 40
            Add-Fault $emulator MissingFields @{ Path = '*/instances'; Names = [string[]] 'started_at'; Times = 1 }
            Watch-Fleet $emulator 40
            (Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }).Text | Should -Be 'inst_0 Skipped StoppedRecently'
        }

        It 'and a correct clock: with a clock eight days ahead nothing is removed' {
            # Another process uses the real time; the states were recorded with the emulator's clock, which is eight days ahead.
            $emulator = Start-IdleEmulator 1
            $null = $emulator.SetStatus('inst_0', 'stopped')
            Watch-Fleet $emulator 80
            $child = Invoke-Child "Invoke-PRCleanup -IdleFor 00:10 -Jitter 0 -RemoveStoppedAfter 01:00 -Force | ForEach-Object { [string] `$_.Reason }" -Environment (Get-ConnectionVariables $emulator)
            $child.Lines | Should -BeIn 'ClockUnsure', 'StoppedRecently'
            $emulator.Instances | Should -HaveCount 1
        }
    }

    Context 'A damaged store' {
        It 'prevents every act, with an error, until the damaged file is deleted' {
            $emulator = Start-IdleEmulator 2
            $was = $env:PULSERUN_DATA_DIR
            try {
                $env:PULSERUN_DATA_DIR = Join-Path $TestDrive 'damaged'
                Read-Fleet $emulator
                $aside = New-Item (Join-Path $env:PULSERUN_DATA_DIR 'pulserun.db.corrupt-20260101T000000.000Z') -Value damaged
                foreach ($run in 1, 2) {
                    $done = Invoke-TestCleanup
                    $done.ErrorIds | Should -Be 'StoreUnavailable'
                    "$($done.Errors[0])" | Should -BeLike "*$($aside.FullName)*"
                    $done.Text | Should -Be 'inst_0 Skipped StoreUnavailable', 'inst_1 Skipped StoreUnavailable'
                }
                Get-Acts $emulator | Should -BeNullOrEmpty
                Remove-Item $aside
                (Invoke-TestCleanup).Text | Should -Be 'inst_0 Stopped Idle', 'inst_1 Stopped Idle'
            }
            finally { $env:PULSERUN_DATA_DIR = $was }
        }
    }

    Context 'Warming up' {
        It 'causes one warning per run, and no outage' {
            $emulator = Start-IdleEmulator 3
            Read-Fleet $emulator 3
            $done = Invoke-TestCleanup
            $done.Errors | Should -BeNullOrEmpty
            $done.Actions.VerdictReason | Select-Object -Unique | Should -Be 'WarmingUp'
            $done.Warnings | Should -HaveCount 1
            "$($done.Warnings)" | Should -BeLike '*readings cover 4 of 10 minutes; first verdicts at *'
        }
    }

    Context 'An instance that another host stopped' {
        It 'does not count as a missing reading' {
            $emulator = Start-IdleEmulator 2
            Read-Fleet $emulator
            # Between the list and the readings another host stops an instance, so at least half of the readings fail.
            Set-Series $emulator inst_0 'missing'
            Set-Series $emulator inst_1 'missing'
            Add-Fault $emulator UnknownStatus @{ Path = '*/instances'; Skip = 1; Text = 'stopped' }
            $done = Invoke-TestCleanup
            $done.Errors | Should -BeNullOrEmpty
            $done.Text | Should -Be 'inst_0 Skipped AlreadyStopped', 'inst_1 Skipped AlreadyStopped'
        }
    }

    Context 'Two concurrent runs' {
        It 'act on -MaxActions instances in total' {
            $emulator = Start-IdleEmulator 6
            $variables = Get-ConnectionVariables $emulator
            # They use real time and a window of three seconds. Both wait for the same file, so that the runs overlap.
            $flag = Join-Path $TestDrive 'go'
            # One run may list after the other has acted, and would then act on the next two instances.
            Add-Fault $emulator Delay @{ Path = '*/instances'; Duration = '00:00:04'; Times = 1 }
            $script = "
                `$rule = @{ IdleFor = '00:00:03'; MinSamples = 2; MaxGap = '00:00:03'; Jitter = 0; Confirm = `$false; MaxUnknownPercent = 100; WarningAction = 'SilentlyContinue' }
                foreach (`$i in 1..3) { `$null = Get-PRInstanceMetrics $((0..5 | ForEach-Object { "inst_$_" }) -join ', '); Start-Sleep -Milliseconds 800 }
                `$null = New-Item ('$TestDrive/ready-' + `$PID)
                while (-not (Test-Path '$flag')) { `$null = Get-PRInstanceMetrics $((0..5 | ForEach-Object { "inst_$_" }) -join ', '); Start-Sleep -Milliseconds 300 }
                Invoke-PRCleanup @rule -MaxActions 2 | ForEach-Object { `"`$(`$_.Id) `$(`$_.Action) `$(`$_.Reason)`" }"
            $two = 1..2 | ForEach-Object { Start-Child $script $variables }
            Wait-Until { @(Get-ChildItem $TestDrive -Filter ready-*).Count -eq 2 }
            $null = New-Item $flag
            $lines = @($two | ForEach-Object { (Receive-Child $_).Lines })
            @($lines | Where-Object { $_ -like '* Stopped *' }) | Should -HaveCount 2 -Because ($lines -join "`n")
            Get-Running $emulator | Should -HaveCount 4
        }

        It 'act on each instance once, or accept it as done, without errors' {
            # They use real time and a window of one second, and both take readings as fast as possible.
            $emulator = Start-IdleEmulator 6 -Workloads @{ 4 = 'busy'; 5 = 'busy' }
            $script = @'
                $rule = @{ IdleFor = '00:00:01'; MinSamples = 3; MaxGap = '00:00:01'; Jitter = 0; Confirm = $false; MaxUnknownPercent = 100 }
                $until = [datetime]::UtcNow.AddSeconds(20)
                do {
                    $actions = @(Invoke-PRCleanup @rule -WarningAction SilentlyContinue)
                    $actions | Where-Object { $_.Action -in 'Stopped', 'Failed' -or $_.Reason -eq 'AlreadyDone' } | ForEach-Object { "$($_.Id) $($_.Action) $($_.Reason)" }
                } until (@($actions | Where-Object Status -eq 'running').Count -le 2 -or [datetime]::UtcNow -gt $until)
'@
            $environment = @{ PULSERUN_API_KEY = $emulator.ApiKey; PULSERUN_BASE_URI = "$($emulator.BaseUri)" }
            $two = 1..2 | ForEach-Object { Start-Child $script $environment }
            $lines = $two | ForEach-Object { Receive-Child $_ }
            $lines.Errors | Should -Be '', ''
            Get-Running $emulator | Should -Be 'inst_4', 'inst_5'
            $lines.Lines | Should -Not -BeLike '*Failed*'
            # Exactly one stop per instance takes effect.
            $stops = @($emulator.Requests | Where-Object { $_.Path -like '*/stop' -and $_.Status -eq 200 })
            $stops.Path | Sort-Object | Should -Be (0..3 | ForEach-Object { "/v1/instances/inst_$_/stop" })
        }
    }

    It 'ends with NotConnected when there is no connection' {
        # A separate folder is used, because a profile that another test saved would provide a connection.
        $folder = $env:PULSERUN_DATA_DIR
        $env:PULSERUN_DATA_DIR = Join-Path $TestDrive 'no-profile'
        try { { Invoke-PRCleanup -IdleFor 00:30 } | Should -Throw -ErrorId 'NotConnected*' }
        finally { $env:PULSERUN_DATA_DIR = $folder }
    }

    It 'ends when the key is rejected' {
        $emulator = Start-IdleEmulator 1
        Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_test_wrong -AsPlainText -Force) -BaseUri "$($emulator.BaseUri)"
        { Invoke-PRCleanup -IdleFor 00:30 -Jitter 0 } | Should -Throw -ErrorId 'Unauthorized*'
    }
}
