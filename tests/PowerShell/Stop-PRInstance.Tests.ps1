BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Stop-PRInstance' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $ids = $emulator.Instances.Id
        $instances = Get-PRInstance
        $emulator.ClearRequests()
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'stops an object, and answers it as it now is' {
        $stopped = $instances[0] | Stop-PRInstance -Confirm:$false
        $stopped | Should -BeOfType PulseRun.Instance
        $stopped.Id, $stopped.Status, $stopped.Gpu | Should -Be $ids[0], 'stopped', $instances[0].Gpu
        $emulator.Instances[0].Status | Should -Be 'stopped'
        Get-Sent $emulator | Should -Be "POST /v1/instances/$($ids[0])/stop"
    }

    It 'stops by id: <Name>' -ForEach @(
        @{ Name = '-Id'; Do = { Stop-PRInstance -Id $args[0] -Confirm:$false } }
        @{ Name = 'by position'; Do = { Stop-PRInstance $args[0] -Confirm:$false } }
        @{ Name = '-InstanceId'; Do = { Stop-PRInstance -InstanceId $args[0] -Confirm:$false } }
        @{ Name = 'several'; Do = { Stop-PRInstance -Id $args[0], $args[0] -Confirm:$false } }
    ) {
        (& $Do $ids[0]).Status | Should -Be 'stopped'
        Get-SentCount $emulator '*/stop' | Should -Be 1
    }

    It 'finds an instance that is stopped already to be a success' {
        $done = Get-Outcome { Stop-PRInstance -Id $ids[3] -Confirm:$false -Verbose }
        $done.Output.Status | Should -Be 'stopped'
        $done.Errors | Should -BeNullOrEmpty
        "$($done.Verbose)" | Should -BeLike '*already*'
    }

    It 'says that a provider cannot stop, and goes on' {
        $done = Get-Outcome { $instances[4], $instances[5] | Stop-PRInstance -Confirm:$false }
        $done.ErrorIds | Should -Be 'InvalidRequest'
        $done.Errors[0].TargetObject | Should -Be $instances[4]
        "$($done.Errors[0])" | Should -BeLike '*does not support stopping*'
        $done.Output.Id | Should -Be $ids[5]
    }

    It 'ends well when the server fails after the effect' {
        Add-Fault $emulator ServerErrorAfterEffect @{ Path = '*/stop'; Times = 1 }
        (Stop-PRInstance -Id $ids[0] -Confirm:$false).Status | Should -Be 'stopped'
    }

    It 'refuses ids that are none: <_>' -ForEach 'inst_a/../b', '..', 'inst_a?x', 'inst_*', '*', 'a%2fb', "a`nb", 'ä' {
        $done = Get-Outcome { Stop-PRInstance -Id $_ -Confirm:$false }
        $done.ErrorIds | Should -Be 'InvalidRequest'
        $done.Errors[0].TargetObject | Should -Be $_
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'does nothing for <Name>' -ForEach @(
        @{ Name = 'a null id'; Do = { Stop-PRInstance -Id $null -Confirm:$false } }
        @{ Name = 'an empty id'; Do = { Stop-PRInstance -Id '' -Confirm:$false } }
        @{ Name = 'a null object'; Do = { Stop-PRInstance -InputObject $null -Confirm:$false } }
        @{ Name = 'a null from the pipeline'; Do = { $null | Stop-PRInstance -Confirm:$false } }
        @{ Name = 'an object without an id'; Do = { [pscustomobject]@{ Name = 'x' } | Stop-PRInstance -Confirm:$false } }
        @{ Name = 'an object with an empty id'; Do = { [pscustomobject]@{ Id = '' } | Stop-PRInstance -Confirm:$false } }
        @{ Name = 'a variable without a value'; Do = { Stop-PRInstance -Id $thereIsNoSuchVariable -Confirm:$false } }
    ) {
        $done = Get-Outcome $Do
        $done.Output | Should -BeNullOrEmpty
        $done.Errors.Count + [int] ($null -ne $done.Ended) | Should -BeGreaterThan 0
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'does nothing without input' {
        (Get-Outcome { @() | Stop-PRInstance -Confirm:$false }).All | Should -BeNullOrEmpty
    }

    It 'does nothing with -WhatIf' {
        Invoke-Silent $emulator 'Get-PRInstance | Stop-PRInstance -WhatIf' | Should -BeNullOrEmpty
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
    }

    It 'does nothing under $WhatIfPreference' {
        Invoke-Silent $emulator '$WhatIfPreference = $true; Get-PRInstance | Stop-PRInstance -Confirm:$false' | Should -BeNullOrEmpty
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
    }

    It 'names the target so that a person recognises it' {
        $child = Invoke-Child '$e = Start-PREmulator; $e | Connect-PulseRun; Get-PRInstance | Select-Object -First 1 | Stop-PRInstance -WhatIf'
        foreach ($part in $instances[0].Id, $instances[0].Gpu, $instances[0].Provider, '$0.63/h') { $child.Output | Should -BeLike "*$part*" }
    }

    It 'does not ask by default, at a medium impact' {
        (Stop-PRInstance -Id $ids[0]).Status | Should -Be 'stopped'
    }

    It 'says how to use a wildcard, and what ends the bill where a provider cannot stop' {
        $wild = Get-Outcome { Stop-PRInstance 'inst_*' }
        $wild.ErrorIds | Should -Be 'InvalidRequest'
        $wild.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike "*Get-PRInstance -Id 'inst_*' | Stop-PRInstance*"
        Add-Fault $emulator ServerError @{ Path = '*/stop'; Status = 400; Text = "Provider 'x' does not support stopping instances."; Times = 1 }
        $refused = Get-Outcome { Stop-PRInstance $emulator.Instances[0].Id }
        $refused.ErrorIds | Should -Be 'InvalidRequest'
        $refused.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike "*Remove-PRInstance $($emulator.Instances[0].Id)*"
    }
}
