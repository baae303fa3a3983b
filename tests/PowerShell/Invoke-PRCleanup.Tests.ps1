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
        $child.Lines[0] | Should -BeLike 'InvalidRequest*'
        $child.Lines[1] | Should -BeLike '*-Force*'
        $child.Lines | Should -HaveCount 2
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
        BeforeAll {
            # Invoke-Two: runs two cleanups, one in a process that follows the clock of the emulator, and one in this process. Each gets its list when both have asked for it, so that neither sees the acts of the other.
            function Invoke-Two([string] $More) {
                Read-Fleet $emulator
                $emulator.Advance('00:02:00')
                Add-Fault $emulator Delay @{ Path = '*/instances'; Duration = '01:00:00' }
                $variables = (Get-ConnectionVariables $emulator) + @{ PULSERUN_CLOCK_OFFSET = ($emulator.UtcNow - [DateTimeOffset]::UtcNow).ToString('c') }
                $script = "Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -MaxUnknownPercent 100 -Confirm:`$false -WarningAction SilentlyContinue $More | ForEach-Object { `"`$(`$_.Id) `$(`$_.Action) `$(`$_.Reason)`" }"
                $other = Start-Child $script $variables
                $own = Start-Pipeline $emulator $script
                Wait-Until { (Get-SentCount $emulator 'GET */instances') -eq 2 }
                $emulator.ClearFaults()
                Receive-Child $other
                try { [pscustomobject]@{ Lines = @($own.Shell.EndInvoke($own.Running)); Errors = "$($own.Shell.Streams.Error)" } }
                finally { $own.Shell.Dispose() }
            }
        }

        It 'act on -MaxActions instances in total' {
            $emulator = Start-IdleEmulator 6
            $lines = (Invoke-Two '-MaxActions 2').Lines
            @($lines | Where-Object { $_ -like '* Stopped *' }) | Should -HaveCount 2 -Because ($lines -join "`n")
            Get-Running $emulator | Should -HaveCount 4
        }

        It 'act on each instance once, or accept it as done, without errors' {
            $emulator = Start-IdleEmulator 6 -Workloads @{ 4 = 'busy'; 5 = 'busy' }
            $lines = Invoke-Two '-MaxActions 10'
            $lines.Errors | Should -Be '', ''
            Get-Running $emulator | Should -Be 'inst_4', 'inst_5'
            $lines.Lines | Should -Not -BeLike '*Failed*'
            # Exactly one stop per instance takes effect.
            $stops = @($emulator.Requests | Where-Object { $_.Path -like '*/stop' -and $_.Status -eq 200 })
            $stops.Path | Sort-Object | Should -Be (0..3 | ForEach-Object { "/v1/instances/inst_$_/stop" })
        }
    }
}
