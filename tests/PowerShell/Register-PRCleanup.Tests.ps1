# Register-PRCleanup with substitutes for the schedulers (Scheduler.ps1).

BeforeAll { . $PSScriptRoot/Scheduler.ps1 }

Describe 'Register-PRCleanup with cron' -Skip:$IsWindows {
    It 'adds one entry, keeps the others, replaces its own, and is undone exactly' {
        $machine = New-Machine crontab
        $own = "# mine`nMAILTO=me@example.org`n0 5 * * 1 echo 100\% sure`n"
        [System.IO.File]::WriteAllText("$($machine.Root)/crontab", $own)
        $run = Invoke-On $machine 'Register-PRCleanup -IdleFor 00:30 -Exclude inst_a*, "inst_b" -AuditPath "~/an audit.jsonl"; Register-PRCleanup -IdleFor 01:00 -IntervalMinutes 2; Get-PRCleanupTask | ForEach-Object { "$($_.Name) $($_.Scheduler) $($_.Interval) $($_.IsActive)" }'
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines[-1] | Should -Be 'cleanup Cron 00:02:00 True'
        $crontab = Get-Content -Raw "$($machine.Root)/crontab"
        $crontab | Should -BeLike "$own*"
        @($crontab -split "`n" | Where-Object { $_ -match 'Stop-IdleGpu' }) | Should -HaveCount 1
        $crontab | Should -Match '-IdleFor 01:00:00 .* -Quiet'
        Get-Canary $machine | Should -BeNullOrEmpty

        $run = Invoke-On $machine 'Get-PRCleanupTask | Unregister-PRCleanup; "left: $(@(Get-PRCleanupTask).Count)"'
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines | Should -Be 'left: 0'
        Get-Content -Raw "$($machine.Root)/crontab" | Should -Be $own
    }

    It 'registers a line that runs, in cron''s environment' -Skip:(-not (Get-Command flock, timeout -ErrorAction Ignore)) {
        $emulator = Start-TestEmulator -Instances 0
        $machine = New-Machine crontab
        $register = "Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force) -BaseUri $($emulator.BaseUri) -Save -Profile 'the night' -WarningAction SilentlyContinue; Register-PRCleanup -Profile 'the night' -AuditPath '~/it''s 100% an audit.jsonl'"
        (Invoke-Runspace $register -Environment $machine.Environment).Errors | Should -BeNullOrEmpty
        $entry = @(Get-Content "$($machine.Root)/crontab" | Where-Object { $_ -like '`* *' })
        $entry | Should -HaveCount 1
        $emulator.ClearRequests()
        # Parsed as cron does: five fields, then the command, in which \% is %.
        $command = ($entry -replace '^(\S+ ){5}').Replace('\%', '%')
        $start = [System.Diagnostics.ProcessStartInfo]::new('/bin/sh')
        $start.ArgumentList.Add('-c'); $start.ArgumentList.Add($command)
        $start.Environment.Clear()
        foreach ($pair in @{ HOME = $machine.Root; LOGNAME = 'me'; SHELL = '/bin/sh'; PATH = '/usr/bin:/bin' }.GetEnumerator()) { $start.Environment[$pair.Key] = $pair.Value }
        $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $cron = [System.Diagnostics.Process]::Start($start)
        $said = $cron.StandardOutput.ReadToEnd() + $cron.StandardError.ReadToEnd()
        $cron.WaitForExit()
        $cron.ExitCode, $said | Should -Be 0, ''
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
        (Get-Item "$($machine.Root)/it's 100% an audit.jsonl").UnixMode | Should -Be '-rw-------'
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'shows the whole text and writes nothing with -WhatIf' {
        $machine = New-Machine crontab
        $run = Invoke-On $machine 'Register-PRCleanup -IdleFor 00:30 -WhatIf' -Process
        $run.Output | Should -BeLike "*run $($machine.Root)/bin/crontab -, which reads:*"
        $run.Output | Should -BeLike '*# PulseRun task cleanup*Stop-IdleGpu.ps1* -IdleFor 00:30:00 *'
        "$($machine.Root)/crontab" | Should -Not -Exist
        # The shown text is the one that is written.
        $null = Invoke-On $machine 'Register-PRCleanup -IdleFor 00:30'
        foreach ($line in Get-Content "$($machine.Root)/crontab") { $run.Output | Should -BeLike "*$([WildcardPattern]::Escape($line))*" }
    }

    It 'never overwrites a crontab that it cannot read' {
        $machine = New-Machine crontab
        Set-Content "$($machine.Root)/crontab" '0 5 * * 1 mine'
        $null = New-Item "$($machine.Root)/refuse"
        $run = Invoke-On $machine 'try { Register-PRCleanup } catch { $_.FullyQualifiedErrorId }'
        $run.Lines | Should -BeLike 'ProgramUnavailable,*'
        Get-Content "$($machine.Root)/crontab" | Should -Be '0 5 * * 1 mine'
    }

    It 'keeps other lines unchanged, and fails when it cannot' {
        $machine = New-Machine crontab
        $own = [System.Text.Encoding]::UTF8.GetBytes("# Gr`u{FC}n`u{1F600}`r`n0 5 * * 1 a`rb`n# no line end")
        [System.IO.File]::WriteAllBytes("$($machine.Root)/crontab", $own)
        (Invoke-On $machine 'Register-PRCleanup | Out-Null; Unregister-PRCleanup').Errors | Should -BeNullOrEmpty
        [System.IO.File]::ReadAllBytes("$($machine.Root)/crontab") | Select-Object -First $own.Count | Should -Be $own
        $latin = [byte[]] (0x23, 0xFC, 0x0A)
        [System.IO.File]::WriteAllBytes("$($machine.Root)/crontab", $latin)
        (Invoke-On $machine 'try { Register-PRCleanup } catch { $_.FullyQualifiedErrorId }').Lines | Should -BeLike 'ProgramUnavailable,*'
        [System.IO.File]::ReadAllBytes("$($machine.Root)/crontab") | Should -Be $latin
    }

    It 'reports the error of the scheduler' {
        $machine = New-Machine crontab
        $null = New-Item "$($machine.Root)/full"
        (Invoke-On $machine 'try { Register-PRCleanup } catch { "$_" }').Output | Should -BeLike '*disk full*'
    }
}

Describe 'Register-PRCleanup with systemd' -Skip:$IsWindows {
    It 'writes two units that only this user can read, starts the timer, and removes both again' {
        $machine = New-Machine crontab, systemctl
        $run = Invoke-On $machine 'Register-PRCleanup -IdleFor 02:00 -IntervalMinutes 5 -Name night -RemoveStoppedAfter 7.00:00 -ReportOnly -WarningAction SilentlyContinue | ForEach-Object { "$($_.Name) $($_.Scheduler) $($_.Interval) $($_.IsActive)" }'
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines | Should -Be 'night Systemd 00:05:00 True'
        $folder = "$($machine.Root)/.config/systemd/user"
        foreach ($unit in 'pulserun-night.service', 'pulserun-night.timer') { (Get-Item "$folder/$unit").UnixMode | Should -Be '-rw-------' }
        @(Get-ChildItem $folder) | Should -HaveCount 2
        Get-Content -Raw "$folder/pulserun-night.service" | Should -Match '(?m)^ExecStart=.* -IdleFor 02:00:00 .* -RemoveStoppedAfter 7.00:00:00 .*-WhatIf$'
        Get-Content "$folder/pulserun-night.timer" | Should -Contain 'OnCalendar=*:0/5:00'
        (Get-Content "$($machine.Root)/systemctl") | Should -Contain '--user enable --now pulserun-night.timer'
        "$($machine.Root)/crontab" | Should -Not -Exist
        Get-Canary $machine | Should -BeNullOrEmpty
        if (Get-Command systemd-analyze -ErrorAction Ignore) {
            $was = $env:XDG_RUNTIME_DIR
            try { $env:XDG_RUNTIME_DIR = "$TestDrive"; $said = systemd-analyze --user verify "$folder/pulserun-night.service" "$folder/pulserun-night.timer" 2>&1 | Out-String }
            finally { $env:XDG_RUNTIME_DIR = $was }
            $said | Should -Not -Match 'pulserun-night'
        }
        (Invoke-On $machine 'Unregister-PRCleanup night').Errors | Should -BeNullOrEmpty
        @(Get-ChildItem $folder) | Should -HaveCount 0
        (Get-Content "$($machine.Root)/systemctl") | Should -Contain '--user disable --now pulserun-night.timer'
    }

    It 'leaves no file when the timer cannot be started' {
        $machine = New-Machine systemctl
        $null = New-Item "$($machine.Root)/refuse"
        $run = Invoke-On $machine 'try { Register-PRCleanup } catch { "$_" }'
        $run.Output | Should -BeLike '*Failed to enable unit*'
        Get-ChildItem "$($machine.Root)/.config/systemd/user" | Should -BeNullOrEmpty
    }
}

Describe 'Register-PRCleanup with a substitute for the Task Scheduler' -Skip:($IsWindows -or -not (Get-Command iconv -ErrorAction Ignore)) {
    It 'registers a definition, reads it back, and deletes it' {
        $machine = New-Machine schtasks
        $run = Invoke-On $machine 'Register-PRCleanup -Scheduler TaskScheduler -WarningAction SilentlyContinue | ForEach-Object { "$($_.Name) $($_.Scheduler) $($_.Interval) $($_.Command)" }; Unregister-PRCleanup; "left: $(@(Get-PRCleanupTask).Count)"'
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines[0] | Should -BeLike 'cleanup TaskScheduler 00:01:00 *-WindowStyle Hidden*Stop-IdleGpu.ps1*-IdleFor 00:30:00*'
        $run.Lines[1] | Should -Be 'left: 0'
        $told = Get-Content "$($machine.Root)/schtasks"
        $told | Should -Contain '/Delete|/TN|\PulseRun\cleanup|/F|'
        @($told -like '/Create|/TN|\PulseRun\cleanup|/XML|*|/F|') | Should -HaveCount 1
        # The file of the definition was deleted.
        (@($told -like '/Create*')[0] -split '\|')[4] | Should -Not -Exist
    }
}

Describe 'Register-PRCleanup rejects' -Skip:$IsWindows {
    It '<Name>' -ForEach @(
        @{ Name = 'a task without a key'; Script = 'Register-PRCleanup'; Id = 'NotConnected'; NoKey = $true }
        @{ Name = 'a profile that is not saved'; Script = 'Register-PRCleanup -Profile nosuch'; Id = 'NotConnected' }
        @{ Name = 'a window that can never be proven'; Script = 'Register-PRCleanup -IdleFor 00:30 -IntervalMinutes 5'; Id = 'InvalidRequest' }
        @{ Name = 'a name that is a path'; Script = 'Register-PRCleanup -Name ../up'; Id = 'InvalidRequest' }
        @{ Name = 'a second line in an argument'; Script = 'Register-PRCleanup -Exclude "a`n* * * * * id"'; Id = 'InvalidRequest' }
        @{ Name = 'to undo what is not there'; Script = 'Unregister-PRCleanup -ErrorAction Stop'; Id = 'InvalidRequest' }
    ) {
        $machine = New-Machine crontab
        $run = Invoke-On $machine "try { $Script } catch { `$_.FullyQualifiedErrorId }" -NoKey:([bool] $NoKey)
        $run.Lines | Should -BeLike "$Id,*" -Because $run.Errors
        "$($machine.Root)/crontab" | Should -Not -Exist
    }

    It 'a machine without a scheduler' {
        $machine = New-Machine @()
        (Invoke-On $machine 'try { Register-PRCleanup } catch { $_.FullyQualifiedErrorId }').Lines | Should -BeLike 'ProgramUnavailable,*'
        (Invoke-On $machine '@(Get-PRCleanupTask).Count').Lines | Should -Be '0'
    }
}
