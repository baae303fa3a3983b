# Register-PRCleanup carries the store of a team into the task, with substitutes for the schedulers (Scheduler.ps1).

BeforeAll { . $PSScriptRoot/Scheduler.ps1 }

Describe 'A task of a team' -Skip:$IsWindows {
    It 'has the store of the session and the file with its password, in <_>' -ForEach 'crontab', 'systemctl', 'schtasks' {
        $machine = New-Machine $_
        $machine.Environment.PULSERUN_STORE = 'Host=pg;Database=pulserun;Username=ops'
        $machine.Environment.PGPASSFILE = "$($machine.Root)/pass 100%"
        $scheduler = @{ crontab = 'Cron'; systemctl = 'Systemd'; schtasks = 'TaskScheduler' }[$_]
        $run = Invoke-On $machine "Register-PRCleanup -IdleFor 00:30 -Scheduler $scheduler -WarningAction SilentlyContinue | ForEach-Object Command; (Get-PRCleanupTask).Name"
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines[0] | Should -Match "-Store '?`"?Host=pg;Database=pulserun;Username=ops"
        $run.Lines[1] | Should -Be 'cleanup'
        if ($_ -ne 'schtasks') {
            $written = Get-ChildItem $machine.Root -Recurse -File -Force | Where-Object Name -In 'crontab', 'pulserun-cleanup.service' | Get-Content -Raw
            $written -join "`n" | Should -Match 'PGPASSFILE='
        }
        $run = Invoke-On $machine 'Unregister-PRCleanup cleanup; "left: $(@(Get-PRCleanupTask).Count)"'
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines | Should -Be 'left: 0'
    }

    It 'never has a password' {
        $machine = New-Machine crontab
        $machine.Environment.PULSERUN_STORE = 'Host=pg;Username=ops;Password=canary-7'
        $run = Invoke-On $machine 'Register-PRCleanup -IdleFor 00:30 -Scheduler Cron'
        $run.Errors | Should -BeLike 'Store: the text contains a password*' -Because $run.Output
        "$($run.Output) $($run.Errors)" | Should -Not -BeLike '*canary-7*'
        "$($machine.Root)/crontab" | Should -Not -Exist
    }

    It 'leaves the store of a profile to the profile' {
        $machine = New-Machine crontab
        $run = Invoke-On $machine 'Connect-PulseRun -ApiKey (ConvertTo-SecureString pr_live_canary0123456789 -AsPlainText -Force) -Store "Host=pg;Username=ops" -Save -Profile team -WarningAction SilentlyContinue; Register-PRCleanup -IdleFor 00:30 -Scheduler Cron -Profile team | ForEach-Object Command' -NoKey
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines[-1] | Should -Match '-ProfileName team'
        $run.Lines[-1] | Should -Not -Match '-Store'
    }
}
