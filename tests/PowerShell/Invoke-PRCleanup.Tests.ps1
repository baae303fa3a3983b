# Invoke-PRCleanup in processes of its own, and on a full disk. Everything else is in tests/PulseRun.PowerShell.Tests/Cmdlets/InvokeCleanup*.cs.
BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'Invoke-PRCleanup' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'removes nothing when the host cannot prompt: it fails and names the switch' {
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
<<<<<<< HEAD
        $child.Lines[0] | Should -BeLike 'InvalidRequest*'
        $child.Lines[1] | Should -BeLike '*-Force*'
        $child.Lines | Should -HaveCount 2
=======
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
>>>>>>> refs/heads/order
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
}
