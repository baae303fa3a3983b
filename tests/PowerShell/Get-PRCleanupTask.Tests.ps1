# Get-PRCleanupTask with substitutes for the schedulers (Scheduler.ps1).

BeforeAll { . $PSScriptRoot/Scheduler.ps1 }

Describe 'Get-PRCleanupTask' -Skip:$IsWindows {
    It 'lists the tasks of every scheduler, by name and wildcard whatever the case, and writes nothing' {
        $machine = New-Machine crontab, systemctl
        $register = 'Register-PRCleanup -Name night -Scheduler Cron | Out-Null; Register-PRCleanup -Name noon -Scheduler Systemd -IntervalMinutes 2 -IdleFor 01:00 -WarningAction SilentlyContinue | Out-Null; '
        $list = '{ ($args[0] | ForEach-Object { "$($_.Name) $($_.Scheduler) $($_.Interval)" } | Sort-Object) -join "; " }'
        $run = Invoke-On $machine "$register `$text = $list; & `$text (Get-PRCleanupTask); & `$text (Get-PRCleanupTask N*T); & `$text (Get-PRCleanupTask -Name NOON); `"none: `$(@(Get-PRCleanupTask other).Count)`""
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines | Should -Be 'night Cron 00:01:00; noon Systemd 00:02:00', 'night Cron 00:01:00', 'noon Systemd 00:02:00', 'none: 0'
        $before = Get-Content -Raw "$($machine.Root)/crontab"
        $null = Invoke-On $machine 'Get-PRCleanupTask'
        Get-Content -Raw "$($machine.Root)/crontab" | Should -Be $before
    }

    It 'returns what a task starts, and no entries that were made otherwise' {
        $machine = New-Machine crontab
        Set-Content "$($machine.Root)/crontab" '* * * * * pwsh -File Stop-IdleGpu.ps1'
        (Invoke-On $machine '@(Get-PRCleanupTask).Count').Lines | Should -Be '0'
        $run = Invoke-On $machine 'Register-PRCleanup -IdleFor 00:30 | Out-Null; Get-PRCleanupTask | ForEach-Object { "$($_.Name) $($_.IsActive) $($_.Command)" }'
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines | Should -HaveCount 1
        $run.Lines[0] | Should -BeLike 'cleanup True *Stop-IdleGpu.ps1*-IdleFor 00:30:00*'
    }

    It 'fails when a scheduler cannot be read, because an empty list would be wrong' {
        $machine = New-Machine crontab
        $null = New-Item "$($machine.Root)/refuse"
        (Invoke-On $machine 'try { Get-PRCleanupTask } catch { $_.FullyQualifiedErrorId }').Lines | Should -BeLike 'ProgramUnavailable,*'
    }
}
