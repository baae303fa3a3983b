BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Disconnect-PulseRun' {
    BeforeEach { $emulator = Start-TestEmulator }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun; $env:PULSERUN_API_KEY = $env:PULSERUN_BASE_URI = $null }

    It 'closes the connection' {
        Disconnect-PulseRun | Should -BeNullOrEmpty
        Get-PRContext | Should -BeNullOrEmpty
        (Get-Outcome { Get-PRInstance }).EndedId | Should -Be 'NotConnected'
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'can be repeated' {
        Disconnect-PulseRun
        (Get-Outcome { Disconnect-PulseRun }).All | Should -BeNullOrEmpty
    }

    It 'closes the context in a variable' {
        $context = Get-PRContext
        Disconnect-PulseRun
        (Get-Outcome { Get-PRInstance -Context $context }).EndedId | Should -Be 'NotConnected'
    }

    It 'closes the connection of objects' {
        $instances = Get-PRInstance
        Disconnect-PulseRun
        (Get-Outcome { $instances | Stop-PRInstance -Confirm:$false }).EndedId | Should -Be 'NotConnected'
        Get-SentCount $emulator '*stop' | Should -Be 0
    }

    It 'leaves objects usable after connecting to the same account again' {
        $instance = Get-PRInstance -Status running | Select-Object -First 1
        Disconnect-PulseRun
        $emulator | Connect-PulseRun
        ($instance | Stop-PRInstance -Confirm:$false).Status | Should -Be 'stopped'
    }

    It 'prevents that objects of a closed account are acted on with another account' {
        $instance = Get-PRInstance -Status running | Select-Object -First 1
        Disconnect-PulseRun
        $other = Start-TestEmulator
        (Get-Outcome { $instance | Stop-PRInstance -Confirm:$false }).EndedId | Should -Be 'NotConnected'
        $other.Requests | Should -BeNullOrEmpty
    }

    It 'erases every key of the session, including those of contexts in variables' {
        $first = $emulator | Connect-PulseRun -PassThru
        $second = Connect-PulseRun -ApiKey (ConvertTo-Key $emulator.ApiKey) -BaseUri $emulator.BaseUri -PassThru
        $emulator | Connect-PulseRun
        Disconnect-PulseRun
        foreach ($context in $first, $second) {
            $done = Get-Outcome { Get-PRInstance -Context $context }
            $done.EndedId | Should -Be 'NotConnected'
            "$($done.Ended)" | Should -BeLike '*Disconnect-PulseRun*'
        }
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'does not affect a key in the environment' {
        $env:PULSERUN_API_KEY = $emulator.ApiKey
        $env:PULSERUN_BASE_URI = $emulator.BaseUri
        Disconnect-PulseRun
        (Get-PRInstance).Count | Should -Be 6
        (Get-PRContext).Source | Should -Be 'Environment'
    }
}
