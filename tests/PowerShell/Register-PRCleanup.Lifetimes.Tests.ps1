# A registered task that only ends lifetimes: the entry runs as cron runs it, and ends what is due without reading metrics.

BeforeAll { . $PSScriptRoot/Scheduler.ps1 }

Describe 'Register-PRCleanup -Lifetimes' -Skip:$IsWindows {
    It 'registers a line that ends what is due, and reads no metrics' -Skip:(-not (Get-Command flock, timeout -ErrorAction Ignore)) {
        $emulator = Start-TestEmulator -Instances 2
        $machine = New-Machine crontab
        $register = @"
Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force) -BaseUri $($emulator.BaseUri) -Save -WarningAction SilentlyContinue
(New-PRInstance rtx_4090 pytorch -Lifetime 00:10).Id
(New-PRInstance rtx_4090 pytorch -Lifetime 10:00).Id
`$null = Register-PRCleanup -Lifetimes -WarnBeforeExpiry 00:07
(Get-PRCleanupTask).Name
"@
        $run = Invoke-Runspace $register -Environment $machine.Environment
        $run.Errors | Should -BeNullOrEmpty
        $due, $other, $task = $run.Lines
        $task | Should -Be 'lifetimes'
        $entry = @(Get-Content "$($machine.Root)/crontab" | Where-Object { $_ -like '`* *' })
        $entry | Should -HaveCount 1
        $entry | Should -BeLike '* -Lifetimes *-WarnBeforeExpiry 00:07:00*'
        $entry | Should -Not -BeLike '*-IdleFor*'
        $entry | Should -Not -BeLike '*-MinSamples*'

        $emulator.Advance([timespan]::FromMinutes(20))
        $emulator.ClearRequests()
        $cron = Invoke-CronLine $machine $entry
        $cron.Text | Should -BeLike '*Stopped 1 and removed 0 of *'
        $cron.ExitCode | Should -Be 1
        $emulator.Instances | Where-Object Id -EQ $due | ForEach-Object Status | Should -BeIn 'stopped', 'stopping'
        $emulator.Instances | Where-Object Id -EQ $other | ForEach-Object Status | Should -Be 'running'
        Get-SentCount $emulator '*/metrics' | Should -Be 0
        Get-SentCount $emulator 'POST *' | Should -Be 1
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'registers nothing with a parameter of idleness' {
        $machine = New-Machine crontab
        $run = Invoke-On $machine 'try { Register-PRCleanup -Lifetimes -IdleFor 00:30 } catch { "$($_.FullyQualifiedErrorId) $_" }'
        $run.Lines | Should -BeLike 'InvalidRequest,*IdleFor*'
        Test-Path "$($machine.Root)/crontab" | Should -BeFalse
    }
}
