BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Wait-PRInstance' {
    BeforeEach {
        $emulator = Start-TestEmulator -Instances 0
        $made = @(1..3 | ForEach-Object { $emulator.AddInstance([PulseRun.Instance]::new()) })
        $ids = $made.Id
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'answers at once what is <For> already, with one list' -ForEach @(
        @{ For = 'Ready'; Status = 'running' }
        @{ For = 'Running'; Status = 'running' }
        @{ For = 'Stopped'; Status = 'stopped' }
        @{ For = 'Terminated'; Status = 'terminated' }
    ) {
        $ids | ForEach-Object { $null = $emulator.SetStatus($_, $Status) }
        $done = Get-Outcome { $ids | Wait-PRInstance -For $For -TimeoutSec 5 }
        $done.Errors | Should -BeNullOrEmpty
        $done.Output | Should -BeOfType PulseRun.Instance
        $done.Output.Id | Sort-Object | Should -Be ($ids | Sort-Object)
        $done.Output.Status | Select-Object -Unique | Should -Be $Status
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
    }

    It 'waits for address and ssh command with -For Ready, not with -For Running' {
        Add-Fault $emulator MissingFields @{ Names = [string[]] @('ip', 'ssh_command') }
        (Wait-PRInstance $ids[0] -For Running -TimeoutSec 5).Id | Should -Be $ids[0]
        $done = Get-Outcome { Wait-PRInstance $ids[0] -TimeoutSec 0 }
        $done.ErrorIds | Should -Be 'WaitTimeout'
        "$($done.Errors[0])" | Should -BeLike '*it is running without an address*'
    }

    It 'asks for one list a look, for all together' {
        $emulator.ProvisioningTime = [timespan]::FromSeconds(3)
        $new = New-PRInstance rtx_4090 pytorch -Count 5
        $emulator.ClearRequests()
        $ready = $new | Wait-PRInstance -PollSeconds 1 -TimeoutSec 30
        $ready.Count | Should -Be 5
        $ready.Status | Select-Object -Unique | Should -Be 'running'
        Get-Sent $emulator | Select-Object -Unique | Should -Be 'GET /v1/instances'
        $emulator.Requests.Count | Should -BeIn 3, 4, 5
    }

    It 'ends the wait of one that failed at once, and only that' {
        $null = $emulator.SetStatus($ids[0], 'failed')
        $null = $emulator.SetStatus($ids[1], 'stopped')
        $done = Get-Outcome { $made | Wait-PRInstance -For Stopped -TimeoutSec 1 -PollSeconds 1 }
        $done.Output.Id | Should -Be $ids[1]
        $done.ErrorIds | Should -Be 'TerminalState', 'WaitTimeout'
        $done.Errors[0].TargetObject.Id | Should -Be $ids[0]
        "$($done.Errors[0])" | Should -BeLike "Instance $($ids[0]) is failed and cannot become stopped any more. Waited 0 s*"
        "$($done.Errors[1])" | Should -BeLike "Instance $($ids[2]) is not stopped after 1 s: it is running. Waited 1 s for stopped; last change after 0 s, last state running."
        $done.Errors.CategoryInfo.Category | Should -Be 'InvalidResult', 'OperationTimeout'
    }

    It 'takes one that vanished as terminated, or as hopeless' {
        $pipeline = Start-Pipeline $emulator "Wait-PRInstance $($ids[0]) -For Stopped -PollSeconds 1 -TimeoutSec 30"
        try {
            Wait-Until { (Get-SentCount $emulator 'GET *') -ge 1 }
            $null = $emulator.SetStatus($ids[0], 'terminated')
            # So long ago that it is not listed any more.
            $emulator.Advance([timespan]::FromHours(2))
            $pipeline.Running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            "$($pipeline.Shell.Streams.Error)" | Should -BeLike "*$($ids[0])*cannot become stopped any more*"
        }
        finally { $pipeline.Shell.Dispose() }
        $gone = Wait-PRInstance $ids[0] -For Terminated -TimeoutSec 5
        $gone.Id, $gone.Status | Should -Be $ids[0], 'terminated'
        (Get-Outcome { Wait-PRInstance $ids[0] -For Ready -TimeoutSec 0 }).ErrorIds | Should -Be 'WaitTimeout'
    }

    It 'does not outlast its time when the list hangs' {
        Add-Fault $emulator Hang @{ Method = 'GET' }
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $done = Get-Outcome { Wait-PRInstance $ids[0] -For Stopped -TimeoutSec 1 }
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 15
        $done.ErrorIds | Should -Be 'WaitTimeout'
        "$($done.Errors[0])" | Should -BeLike '*the list did not come in time*'
    }

    It 'ends at once when it is stopped' {
        $pipeline = Start-Pipeline $emulator "Wait-PRInstance $($ids[0]) -For Stopped"
        try {
            Wait-Until { (Get-SentCount $emulator 'GET *') -eq 1 }
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $pipeline.Shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 1
        }
        finally { $pipeline.Shell.Dispose() }
    }
}

Describe '-Wait' {
    BeforeEach {
        $emulator = Start-TestEmulator -Instances 0
        $made = @(1..3 | ForEach-Object { $emulator.AddInstance([PulseRun.Instance]::new()) })
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'asks for no list when the answer is <Goal> already: <Verb>' -ForEach @(
        @{ Verb = 'Stop-PRInstance'; Goal = 'stopped'; Before = 'running'; Act = { $input | Stop-PRInstance -Wait -Confirm:$false } }
        @{ Verb = 'Start-PRInstance'; Goal = 'running'; Before = 'stopped'; Act = { $input | Start-PRInstance -Wait } }
        @{ Verb = 'Remove-PRInstance'; Goal = 'terminated'; Before = 'running'; Act = { $input | Remove-PRInstance -Wait -Force } }
    ) {
        $made | ForEach-Object { $null = $emulator.SetStatus($_.Id, $Before) }
        $listed = Get-PRInstance
        $emulator.ClearRequests()
        $done = Get-Outcome { $listed | & $Act }
        $done.Errors | Should -BeNullOrEmpty
        $done.Output.Status | Should -Be $Goal, $Goal, $Goal
        Get-SentCount $emulator 'GET *' | Should -Be 0
        $emulator.Requests.Count | Should -Be 3
    }

    It 'waits for all of them together until they are stopped, then until they are ready' {
        $emulator.StoppingTime = [timespan]::FromSeconds(1)
        $emulator.StartingTime = [timespan]::FromSeconds(1)
        $listed = Get-PRInstance
        $emulator.ClearRequests()
        ($listed | Stop-PRInstance -Wait -Confirm:$false).Status | Should -Be 'stopped', 'stopped', 'stopped'
        Get-SentCount $emulator 'GET /v1/instances' | Should -BeIn 1, 2
        ($listed | Start-PRInstance -Wait).SshCommand | Should -Not -BeNullOrEmpty
        Get-SentCount $emulator 'GET /v1/instances' | Should -BeIn 2, 3, 4
    }

    It 'reports one that fails on its way, and puts the others out' {
        $emulator.StartingTime = [timespan]::FromSeconds(2)
        $made | ForEach-Object { $null = $emulator.SetStatus($_.Id, 'stopped') }
        $pipeline = Start-Pipeline $emulator 'Get-PRInstance | Start-PRInstance -Wait -WaitTimeoutSec 30'
        try {
            Wait-Until { (Get-SentCount $emulator '*/start') -eq 3 }
            $null = $emulator.SetStatus($made[1].Id, 'error')
            $pipeline.Running.AsyncWaitHandle.WaitOne(30000) | Should -BeTrue
            $out = $pipeline.Shell.EndInvoke($pipeline.Running)
            @($out | ForEach-Object Id | Sort-Object) | Should -Be @($made[0].Id, $made[2].Id | Sort-Object)
            "$($pipeline.Shell.Streams.Error)" | Should -BeLike "*$($made[1].Id) is error and cannot become ready any more*"
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'ends for an id that is nowhere after two lists and one GET' {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $done = Get-Outcome { Wait-PRInstance inst_nowhere -TimeoutSec 60 -PollSeconds 1 }
        $done.ErrorIds | Should -Be 'InstanceNotFound'
        $done.Errors[0].TargetObject | Should -Be 'inst_nowhere'
        Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/instances', 'GET /v1/instances/inst_nowhere'
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 30
    }

    It 'warns of one that is stopped and does not start by itself, and says what does' {
        $id = $emulator.AddInstance([PulseRun.Instance]::new()).Id
        $null = $emulator.SetStatus($id, 'stopped')
        $done = Get-Outcome { Wait-PRInstance $id -For Running -TimeoutSec 1 -PollSeconds 1 }
        $done.ErrorIds | Should -Be 'WaitTimeout'
        $done.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike "*Start-PRInstance $id*"
        @($done.Warnings) | Should -HaveCount 1
        "$($done.Warnings)" | Should -BeLike '*Start-PRInstance*'
    }
}
