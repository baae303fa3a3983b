BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'Invoke-PRCleanup' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    Context 'Stops' {
        It 'stops what is idle, nothing else, and tells why and what it saves' {
            $emulator = Start-IdleEmulator -Workloads @{ 1 = 'busy'; 2 = 'silent' }
            Read-Fleet $emulator
            $null = $emulator.SetStatus('inst_4', 'stopped')
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Stopped Idle', 'inst_1 Skipped Active', 'inst_2 Skipped Unknown', 'inst_3 Stopped Idle', 'inst_4 Skipped RemovalNotAsked', 'inst_5 Stopped Idle'
            $done.Actions[0] | Should -BeOfType PulseRun.CleanupAction
            $done.Actions[0].Verdict, $done.Actions[0].VerdictReason, $done.Actions[0].Status | Should -Be 'Idle', 'AllBelowThreshold', 'stopped'
            $done.Actions[2].VerdictReason | Should -Be 'MetricsUnavailable'
            $done.Actions.CostPerHour | Should -Be 1, 2, 3, 4, 5, 6
            $done.Actions.SavedPerHour | Should -Be 1, 0, 0, 4, 0, 6
            @($done.Errors) + $done.Warnings | Should -BeNullOrEmpty
            Get-Running $emulator | Should -Be 'inst_1', 'inst_2'
        }

        It 'costs 1 + R, and 2 for each it acts on' {
            $emulator = Start-IdleEmulator -Workloads @{ 1 = 'busy' }
            Read-Fleet $emulator
            (Invoke-TestCleanup @{ MaxActions = 2 }).Actions | Should -HaveCount 6
            $emulator.Requests | Should -HaveCount (1 + 6 + 2 * 2)
            Get-Acts $emulator | Sort-Object | Should -Be 'POST /v1/instances/inst_4/stop', 'POST /v1/instances/inst_5/stop'
        }

        It 'finds nothing to do a second time' {
            $emulator = Start-IdleEmulator 2
            Read-Fleet $emulator
            $null = Invoke-TestCleanup
            $emulator.ClearRequests()
            (Invoke-TestCleanup).Text | Should -Be 'inst_0 Skipped RemovalNotAsked', 'inst_1 Skipped RemovalNotAsked'
            Get-Sent $emulator | Should -Be 'GET /v1/instances'
        }

        It 'leaves alone what is found <Name> right before the stop' -ForEach @(
            @{ Name = 'busy'; Then = 60 }
            @{ Name = 'without an answer'; Then = 'missing' }
            @{ Name = 'without a number'; Then = $null }
        ) {
            $emulator = Start-IdleEmulator 2
            Read-Fleet $emulator
            # The first reading is the run's, the second the look before the stop.
            Set-Series $emulator inst_1 0, $Then
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Stopped Idle', 'inst_1 Skipped NoLongerIdle'
            $done.Warnings | Should -HaveCount 1
            "$($done.Warnings)" | Should -BeLike '*inst_1*'
            $done.Actions[1].SavedPerHour | Should -Be 0
            Get-Running $emulator | Should -Be 'inst_1'
        }

        It 'finds done what was stopped between its verdict and its stop, for one request more than the look' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            # A stopped instance has no metrics: that is all the second look meets. The look after it finds out.
            Set-Series $emulator inst_0 0, 'missing'
            Add-Fault $emulator UnknownStatus @{ Path = '*/instances/inst_0'; Text = 'stopped' }
            $done = Invoke-TestCleanup
            $done.Text | Should -Be 'inst_0 Skipped AlreadyDone'
            @($done.Errors) + $done.Warnings | Should -BeNullOrEmpty
            Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_0/metrics', 'GET /v1/instances/inst_0/metrics', 'GET /v1/instances/inst_0'
        }

        It 'says of a provider that cannot stop that it refused, once, and goes on' {
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

        It 'does not stop what another process has just seen busy' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            Set-Series $emulator inst_0 80, 0
            Get-PRInstanceMetrics inst_0 | Out-Null
            (Invoke-TestCleanup).Text | Should -Be 'inst_0 Skipped Active'
        }
    }

    Context 'Leaves alone' {
        It 'acts on nothing when 60 % give no metrics, and says that' {
            $emulator = Start-IdleEmulator 10 -Workloads @{ 0 = 'silent'; 1 = 'silent'; 2 = 'silent'; 3 = 'blank'; 4 = 'blank'; 5 = 'blank' }
            Read-Fleet $emulator
            $done = Invoke-TestCleanup
            $done.ErrorIds | Should -Be 'MetricsOutage'
            $done.Errors[0].CategoryInfo.Category | Should -Be 'ResourceUnavailable'
            $done.Actions | Should -HaveCount 10
            $done.Actions.Action | Select-Object -Unique | Should -Be 'Skipped'
            $done.Actions[0].Reason, $done.Actions[9].Reason | Should -Be 'Unknown', 'MetricsOutage'
            Get-Acts $emulator | Should -BeNullOrEmpty
            $emulator.Requests | Should -HaveCount 11
        }

        It 'acts when 50 % give none, or when more may be missing' {
            $emulator = Start-IdleEmulator 4 -Workloads @{ 0 = 'silent'; 1 = 'silent'; 2 = 'silent' }
            Read-Fleet $emulator
            (Invoke-TestCleanup).ErrorIds | Should -Be 'MetricsOutage'
            $done = Invoke-TestCleanup @{ MaxUnknownPercent = 75 }
            $done.Errors | Should -BeNullOrEmpty
            $done.Text[3] | Should -Be 'inst_3 Stopped Idle'
        }

        It 'takes a fleet that keeps its models in memory for no outage' {
            $emulator = Start-IdleEmulator 3
            foreach ($id in 'inst_0', 'inst_1') { Set-Series $emulator $id @{ GpuUtilization = 0; MemoryUsage = 80 } }
            Read-Fleet $emulator
            $done = Invoke-TestCleanup
            $done.Errors | Should -BeNullOrEmpty
            $done.Text | Should -Be 'inst_0 Skipped Unknown', 'inst_1 Skipped Unknown', 'inst_2 Stopped Idle'
            $done.Actions[0].VerdictReason | Should -Be 'MemoryHeld'
        }

        It 'removes nothing in an outage either' {
            $emulator = Start-IdleEmulator 3 -Workloads @{ 0 = 'silent'; 1 = 'silent' }
            Read-Fleet $emulator
            $null = $emulator.SetStatus('inst_2', 'stopped')
            $null = Invoke-TestCleanup
            $emulator.Advance('02:00:00')
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            $done.ErrorIds | Should -Be 'MetricsOutage'
            $done.Text[2] | Should -Be 'inst_2 Skipped MetricsOutage'
        }

        It 'never touches what is protected or excluded' {
            $emulator = Start-IdleEmulator 4
            Read-Fleet $emulator
            $null = Protect-PRInstance -Id inst_0 -Reason 'a demo'
            $done = Invoke-TestCleanup @{ Exclude = 'INST_1', '*_2' }
            $done.Text | Should -Be 'inst_0 Skipped Protected', 'inst_1 Skipped Excluded', 'inst_2 Skipped Excluded', 'inst_3 Stopped Idle'
        }

        It 'does not consider what -<Name> does not select, and asks nothing of it' -ForEach @(
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

        It 'refuses an empty variable for -<_>: it would mean everything' -ForEach 'Exclude', 'Gpu', 'Region', 'Provider', 'Template' {
            $emulator = Start-IdleEmulator 1
            $with = @{ IdleFor = '00:10:00'; $_ = $null }
            { Invoke-PRCleanup @with } | Should -Throw -ErrorId 'ParameterArgumentValidationError*'
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It '-MaxActions goes to the dearest; 0 acts on none' {
            $emulator = Start-IdleEmulator 4
            Read-Fleet $emulator
            (Invoke-TestCleanup @{ MaxActions = 0 }).Actions.Reason | Select-Object -Unique | Should -Be 'MaxActions'
            (Invoke-TestCleanup @{ MaxActions = 1 }).Text | Should -Be 'inst_0 Skipped MaxActions', 'inst_1 Skipped MaxActions', 'inst_2 Skipped MaxActions', 'inst_3 Stopped Idle'
            Get-Running $emulator | Should -Be 'inst_0', 'inst_1', 'inst_2'
        }

        It 'acts on nothing when nothing can be remembered: protections neither' {
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

        It 'does not act on old readings when the new ones cannot be written' {
            $emulator = Start-IdleEmulator 1
            $was = $env:PULSERUN_DATA_DIR
            try {
                $env:PULSERUN_DATA_DIR = Join-Path $TestDrive 'full'
                Read-Fleet $emulator
                Set-Series $emulator inst_0 90
                # As on a full disk: it takes no readings, and still gives those it has.
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
            $emulator.Advance('00:40:00')
            $null = $emulator.SetStatus('inst_2', 'stopped')
        }

        It 'only what this history has seen stopped for so long, when asked to, for 2 requests each' {
            $null = Invoke-TestCleanup
            $emulator.Advance('00:40:00')
            $emulator.ClearRequests()
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            $done.Text | Should -Be 'inst_0 Skipped Active', 'inst_1 Removed StoppedLong', 'inst_2 Skipped StoppedRecently'
            $done.Actions[1].SavedPerHour, $done.Actions[1].Status | Should -Be 0, 'terminated'
            Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_0/metrics', 'GET /v1/instances/inst_1', 'DELETE /v1/instances/inst_1'
        }

        It 'not what was started in between, though stopped again' {
            $null = Start-PRInstance inst_1
            $null = $emulator.SetStatus('inst_1', 'stopped')
            $emulator.Advance('00:40:00')
            (Invoke-TestCleanup @{ RemoveStoppedAfter = '00:30:00' }).Text[1] | Should -Be 'inst_1 Skipped StoppedRecently'
        }

        It 'not what is started between verdict and removal' {
            $emulator.Advance('00:40:00')
            # What the list says is stopped runs when looked at again.
            $null = $emulator.SetStatus('inst_1', 'stopped')
            Add-Fault $emulator UnknownStatus @{ Path = '*/instances/inst_1'; Text = 'starting' }
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            $done.Text[1] | Should -Be 'inst_1 Skipped NoLongerStopped'
            $done.Warnings | Should -HaveCount 1
            Get-Acts $emulator | Should -BeNullOrEmpty
        }

        It 'finds done what is gone when looked at again' {
            $emulator.Advance('00:40:00')
            Add-Fault $emulator ServerError @{ Path = '*/instances/inst_1'; Status = 404 }
            $done = Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }
            $done.Text[1] | Should -Be 'inst_1 Skipped AlreadyDone'
            @($done.Errors) + $done.Warnings | Should -BeNullOrEmpty
        }

        It 'never what is protected' {
            $emulator.Advance('01:00:00')
            $null = Protect-PRInstance -Id inst_1
            (Invoke-TestCleanup @{ RemoveStoppedAfter = '01:00:00' }).Text[1] | Should -Be 'inst_1 Skipped Protected'
        }

        It '-Force asks nothing' {
            $emulator.Advance('00:40:00')
            $done = Invoke-PRCleanup @Cleanup -RemoveStoppedAfter 01:00 -Force
            $done[1].Action | Should -Be 'Removed'
        }

        It 'fails where nobody can be asked, names the switch, and has done nothing at all' {
            $child = Invoke-Child @"
                `$e = Start-PREmulator -Instances 0 -RequestsPerMinute 0
                `$e | Connect-PulseRun
                `$null = `$e.AddInstance(@{ Id = 'inst_idle'; Status = 'running'; StartedAt = `$e.UtcNow.AddDays(-1) })
                `$e.SetWorkload('inst_idle', 'idle')
                `$null = `$e.AddInstance(@{ Id = 'inst_old'; Status = 'stopped' })
                1..7 | ForEach-Object { `$e.Advance('00:02:00'); `$null = Get-PRIdleInstance }
                `$e.Advance('00:02:00')
                `$e.ClearRequests()
                try { Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -RemoveStoppedAfter 00:05 -ErrorAction Stop | ForEach-Object { "action `$(`$_.Action)" } }
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
        It 'acts on nothing, and still reads, records and explains' {
            $emulator = Start-IdleEmulator 4 -Workloads @{ 1 = 'busy' }
            $null = $emulator.SetStatus('inst_2', 'stopped')
            Read-Fleet $emulator
            $audit = Join-Path $TestDrive 'whatif.jsonl'
            $done = Invoke-TestCleanup @{ WhatIf = $true; RemoveStoppedAfter = '00:05:00'; AuditLevel = 'All'; AuditPath = $audit }
            $done.Text | Should -Be 'inst_0 WouldStop Idle', 'inst_1 Skipped Active', 'inst_2 WouldRemove StoppedLong', 'inst_3 WouldStop Idle'
            $done.Actions.SavedPerHour | Should -Be 1, 0, 0, 4
            Get-Acts $emulator | Should -BeNullOrEmpty
            # No second look.
            $emulator.Requests | Should -HaveCount (1 + 3)
            Get-Content $audit | ConvertFrom-Json | ForEach-Object { "$($_.id) $($_.action)" } | Sort-Object | Should -Be 'inst_0 WouldStop', 'inst_1 Skipped', 'inst_2 WouldRemove', 'inst_3 WouldStop'
            @(Get-PRInstanceMetrics -History -Id inst_0) | Should -HaveCount 8
        }

        It 'holds with -Force' {
            $emulator = Start-IdleEmulator 1
            $null = $emulator.SetStatus('inst_0', 'stopped')
            $null = Invoke-TestCleanup
            $emulator.Advance('00:40:00')
            (Invoke-TestCleanup @{ WhatIf = $true; Force = $true; RemoveStoppedAfter = '00:30:00' }).Text | Should -Be 'inst_0 WouldRemove StoppedLong'
            $emulator.Instances | Should -HaveCount 1
        }
    }

    Context 'Requests' {
        It '-RequestBudget reads those first that were read longest ago' {
            $emulator = Start-IdleEmulator 5
            foreach ($id in 'inst_0', 'inst_3', 'inst_1') {
                Get-PRInstanceMetrics $id | Out-Null
                $emulator.Advance('00:01:00')
            }
            $emulator.ClearRequests()
            $done = Invoke-TestCleanup @{ RequestBudget = 4 }
            Get-Sent $emulator | Sort-Object | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_0/metrics', 'GET /v1/instances/inst_2/metrics', 'GET /v1/instances/inst_4/metrics'
            $emulator.ClearRequests()
            $null = Invoke-TestCleanup @{ RequestBudget = 3 }
            Get-Sent $emulator | Sort-Object | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_1/metrics', 'GET /v1/instances/inst_3/metrics'
            $done.Actions.Verdict | Select-Object -Unique | Should -Be 'Unknown'
        }

        It 'takes its budget from the connection' {
            $emulator = Start-IdleEmulator 6
            $emulator | Connect-PulseRun -RequestsPerMinute 4
            $null = Invoke-TestCleanup
            $emulator.Requests | Should -HaveCount 4
        }

        It 'spreads its readings by -Jitter' {
            $emulator = Start-IdleEmulator 8
            $null = Invoke-TestCleanup @{ Jitter = '00:00:00.4' }
            $times = @($emulator.Requests | Where-Object Path -Like '*/metrics' | ForEach-Object Time | Sort-Object)
            ($times[-1] - $times[0]).TotalMilliseconds | Should -BeGreaterThan 60
        }

        It 'refuses a -Jitter of <_>' -ForEach '-00:00:01', '02:00:00' {
            $emulator = Start-IdleEmulator 1
            { Invoke-PRCleanup -IdleFor 00:10 -Jitter $_ } | Should -Throw -ErrorId 'InvalidRequest*'
            $emulator.Requests | Should -BeNullOrEmpty
        }
    }

    Context 'Audit' {
        It 'is one line of JSON for each decision, appended, without secrets' {
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
            $lines | Should -HaveCount 6
            $lines.run | Select-Object -Unique | Should -HaveCount 2
            $stopped = $lines | Where-Object action -EQ Stopped
            $stopped.id, $stopped.reason, $stopped.verdict, $stopped.verdictReason, $stopped.costPerHour, $stopped.savedPerHour |
                Should -Be 'inst_0', 'Idle', 'Idle', 'AllBelowThreshold', 1, 1
            $stopped.sampleCount, $stopped.coverage | Should -Be 6, 1
            ($lines | Where-Object action -EQ Failed).error | Should -BeLike '*inst_2*No.*'
        }

        It 'that cannot be written fails the run before anything is done' {
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            { Invoke-PRCleanup @Cleanup -AuditPath $TestDrive } | Should -Throw -ErrorId 'InvalidRequest*'
            $emulator.Requests | Should -BeNullOrEmpty
        }
    }

    Context 'Two at once' {
        It 'act on each instance once, or find it done, without errors' {
            # Their time is the real one: a window of one second, read as fast as they can, by both.
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
            # Effective stops: one for each, whoever came first.
            $stops = @($emulator.Requests | Where-Object { $_.Path -like '*/stop' -and $_.Status -eq 200 })
            $stops.Path | Sort-Object | Should -Be (0..3 | ForEach-Object { "/v1/instances/inst_$_/stop" })
        }
    }

    It 'ends with NotConnected when there is no connection' {
        # A folder of its own: a profile that another test saved would be a connection.
        $folder = $env:PULSERUN_DATA_DIR
        $env:PULSERUN_DATA_DIR = Join-Path $TestDrive 'nobody'
        try { { Invoke-PRCleanup -IdleFor 00:30 } | Should -Throw -ErrorId 'NotConnected*' }
        finally { $env:PULSERUN_DATA_DIR = $folder }
    }

    It 'ends at a key that is refused' {
        $emulator = Start-IdleEmulator 1
        Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_test_wrong -AsPlainText -Force) -BaseUri "$($emulator.BaseUri)"
        { Invoke-PRCleanup -IdleFor 00:30 -Jitter 0 } | Should -Throw -ErrorId 'Unauthorized*'
    }
}
