BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Start-PRInstance' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $ids = $emulator.Instances.Id
        $stopped = Get-PRInstance -Status stopped
        $emulator.ClearRequests()
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'starts an object, and answers it as it now is' {
        $started = $stopped | Start-PRInstance
        $started | Should -BeOfType PulseRun.Instance
        $started.Id, $started.Status | Should -Be $ids[3], 'running'
        Get-Sent $emulator | Should -Be "POST /v1/instances/$($ids[3])/start"
    }

    It 'starts by id' {
        (Start-PRInstance $ids[3]).Status | Should -Be 'running'
    }

    It 'answers starting while it takes its time' {
        $emulator.StartingTime = [timespan]::FromHours(1)
        (Start-PRInstance $ids[3]).Status | Should -Be 'starting'
    }

    It 'finds an instance that runs already to be a success' {
        $done = Get-Outcome { Start-PRInstance -Id $ids[0] -Verbose }
        $done.Output.Status | Should -Be 'running'
        $done.Errors | Should -BeNullOrEmpty
        "$($done.Verbose)" | Should -BeLike '*already*'
    }

    It 'says that there is no capacity' {
        Add-Fault $emulator NoCapacity
        $done = Get-Outcome { $stopped | Start-PRInstance }
        $done.ErrorIds | Should -Be 'CapacityUnavailable'
        $done.Errors[0].TargetObject | Should -Be $stopped
        Get-Sent $emulator | Should -Be "POST /v1/instances/$($ids[3])/start"
    }

    It 'says that the credit does not suffice' {
        $emulator.SetBalance(0)
        $null = $emulator.SetStatus($ids[3], 'stopped')
        (Get-Outcome { Start-PRInstance $ids[3] }).ErrorIds | Should -Be 'InsufficientBalance'
    }

    It 'ends well when the server fails after the effect' {
        Add-Fault $emulator ServerErrorAfterEffect @{ Path = '*/start'; Times = 1 }
        (Start-PRInstance -Id $ids[3]).Status | Should -Be 'running'
    }

    It 'does nothing with -WhatIf' {
        Invoke-Silent $emulator 'Get-PRInstance | Start-PRInstance -WhatIf' | Should -BeNullOrEmpty
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
    }

    It 'does nothing for <Name>' -ForEach @(
        @{ Name = 'a null id'; Do = { Start-PRInstance -Id $null } }
        @{ Name = 'an empty id'; Do = { Start-PRInstance -Id '' } }
        @{ Name = 'a wildcard'; Do = { Start-PRInstance -Id '*' } }
    ) {
        (Get-Outcome $Do).ErrorIds | Should -Be 'InvalidRequest'
        $emulator.Requests | Should -BeNullOrEmpty
    }
}
