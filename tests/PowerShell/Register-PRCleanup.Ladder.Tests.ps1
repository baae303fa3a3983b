# The steps before a stop in a registered task: the address for notifications appears on no command line, and the entry runs as cron runs it.

BeforeAll { . $PSScriptRoot/Scheduler.ps1 }

Describe 'Register-PRCleanup with a warning' -Skip:$IsWindows {
    It 'registers a line that runs, without the address in it' -Skip:(-not (Get-Command flock, timeout -ErrorAction Ignore)) {
        $emulator = Start-TestEmulator -Instances 0
        $machine = New-Machine crontab
        $null = New-Fake "$($machine.Root)/bin" ssh 'exit 0'
        Set-Content "$($machine.Root)/the hook" 'http://127.0.0.1:1/SECRETPATH'
        $register = @"
Connect-PulseRun -ApiKey (ConvertTo-SecureString '$($emulator.ApiKey)' -AsPlainText -Force) -BaseUri $($emulator.BaseUri) -Save -WarningAction SilentlyContinue
`$with = @{
    WarnAfter = '00:20'; NotifyUriFile = '~/the hook'; NotifyFormat = 'Slack'; MaxActionPercent = 12.5; Probe = 'Ssh'
    BeforeStop = 'echo "it''s 100% done" > ~/`$(id -un); sync'; BeforeStopTimeoutSec = 60; OnHookFailure = 'Stop'
}
Register-PRCleanup -IdleFor 00:30 @with -WhatIf
Register-PRCleanup -IdleFor 00:30 @with
"@
        $run = Invoke-Child $register -Environment $machine.Environment
        $run.Errors | Should -BeNullOrEmpty
        $run.Output | Should -Not -BeLike '*SECRETPATH*'
        $entry = @(Get-Content "$($machine.Root)/crontab" | Where-Object { $_ -like '`* *' })
        $entry | Should -HaveCount 1
        $entry | Should -Not -BeLike '*SECRETPATH*'
        $entry | Should -BeLike '*-MaxActionPercent 12.5 *-WarnAfter 00:20:00 *-NotifyFormat Slack *-BeforeStopTimeoutSec 60 -OnHookFailure Stop -Probe Ssh*'
        @(Get-ChildItem $machine.Root -Recurse -File -Force | Where-Object Name -NE 'the hook' | Select-String -SimpleMatch SECRETPATH) | Should -BeNullOrEmpty

        $emulator.ClearRequests()
        $cron = Invoke-CronLine $machine $entry
        $cron.Text | Should -BeLike 'Stopped 0 and removed 0 of 0 instances, 0 failed; * (exit code 0: nothing to do).*'
        $cron.ExitCode | Should -Be 0
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'registers nothing when <Name>' -ForEach @(
        @{ Name = 'a warning has no receiver'; With = '-WarnAfter 00:20'; Field = 'WarnAfter' }
        @{ Name = 'the warning is not before the stop'; With = '-WarnAfter 00:30 -NotifyUriFile ~/hook'; Field = 'WarnAfter' }
        @{ Name = 'the address is not https'; With = '-WarnAfter 00:20 -NotifyUriFile ~/plain'; Field = 'NotifyUriFile' }
        @{ Name = 'there is no file'; With = '-NotifyUriFile ~/nothing'; Field = 'NotifyUriFile' }
        @{ Name = 'the command begins with a hyphen'; With = '-BeforeStop ''-x'''; Field = 'BeforeStop' }
        @{ Name = 'the probe is a script block'; With = '-Probe { ''Idle'' }'; Field = 'Probe' }
        @{ Name = 'no reading is required'; With = '-MinSamples 0'; Field = 'MinSamples' }
    ) {
        $machine = New-Machine crontab
        Set-Content "$($machine.Root)/hook" 'https://hooks.example.com/SECRETPATH'
        Set-Content "$($machine.Root)/plain" 'http://hooks.example.com/SECRETPATH'
        $run = Invoke-On $machine "try { Register-PRCleanup -IdleFor 00:30 $With } catch { `"`$(`$_.FullyQualifiedErrorId) `$(`$_.TargetObject) `$_`" }"
        $run.Lines | Should -BeLike "InvalidRequest,* $Field $Field*"
        $run.Output + $run.Errors | Should -Not -BeLike '*SECRETPATH*'
        "$($machine.Root)/crontab" | Should -Not -Exist
    }
}
