# Unregister-PRCleanup with substitutes for the schedulers (Scheduler.ps1).

BeforeAll { . $PSScriptRoot/Scheduler.ps1 }

Describe 'Unregister-PRCleanup' -Skip:$IsWindows {
    It 'removes the task of this name only' {
        $machine = New-Machine crontab
        $run = Invoke-On $machine 'foreach ($name in "night", "noon") { $null = Register-PRCleanup -Name $name }; Unregister-PRCleanup night; (Get-PRCleanupTask).Name'
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines | Should -Be 'noon'
        @(Get-Content "$($machine.Root)/crontab" | Where-Object { $_ -match 'Stop-IdleGpu' }) | Should -HaveCount 1
    }

    It 'removes it from each scheduler that has it, or from the one that is named' {
        $machine = New-Machine crontab, systemctl
        $register = '$null = Register-PRCleanup -Scheduler Cron; $null = Register-PRCleanup -Scheduler Systemd -WarningAction SilentlyContinue; '
        $run = Invoke-On $machine "$register Unregister-PRCleanup -Scheduler Cron; `"`$((Get-PRCleanupTask).Scheduler)`"; $register Unregister-PRCleanup; `"left: `$(@(Get-PRCleanupTask).Count)`""
        $run.Errors | Should -BeNullOrEmpty
        $run.Lines | Should -Be 'Systemd', 'left: 0'
    }

    It '-WhatIf shows what would be written, and removes nothing' {
        $machine = New-Machine crontab
        $null = Invoke-On $machine 'Register-PRCleanup'
        $before = Get-Content -Raw "$($machine.Root)/crontab"
        $run = Invoke-On $machine 'Unregister-PRCleanup -WhatIf; (Get-PRCleanupTask).Name' -Process
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -BeLike '*Unregister the task ''cleanup'' from Cron:*'
        $run.Lines[-1] | Should -Be 'cleanup'
        Get-Content -Raw "$($machine.Root)/crontab" | Should -Be $before
    }

    It 'goes on after a name that no task has' {
        $machine = New-Machine crontab
        $run = Invoke-On $machine '$null = Register-PRCleanup; [pscustomobject]@{ Name = "nosuch" }, [pscustomobject]@{ Name = "cleanup" } | Unregister-PRCleanup -ErrorAction SilentlyContinue -ErrorVariable failed; $failed.Count; $failed[0].FullyQualifiedErrorId; "left: $(@(Get-PRCleanupTask).Count)"'
        $run.Lines[0, 2] | Should -Be '1', 'left: 0'
        $run.Lines[1] | Should -BeLike 'InvalidRequest,*'
    }
}
