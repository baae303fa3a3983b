BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Resolve-PRLaunch' {
    BeforeEach {
        $emulator = Start-TestEmulator
        # Two launches whose outcome stays unknown, because the list is always truncated.
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST' }
        Add-Fault $emulator ListCut @{ Method = 'GET'; Count = 100 }
        $null = Get-Outcome { New-PRInstance h100_80gb pytorch -Count 2 -SettleSec 0 }
        $made = @($emulator.Instances | Select-Object -Last 2).Id
        [guid[]] $intents = @($emulator.Requests | Where-Object Method -EQ POST).IdempotencyKey
        $emulator.ClearRequests()
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'returns Unknown and the candidates while the outcome cannot be determined' {
        $open = Resolve-PRLaunch -SettleSec 0
        $open | Should -BeOfType PulseRun.Launch
        $open.IntentId | Sort-Object | Should -Be ($intents | Sort-Object)
        $open.Outcome | Should -Be 'Unknown', 'Unknown'
        $open[0].Candidates.Id | Sort-Object | Should -Be ($made | Sort-Object)
        $open[0].InstanceId ?? $open[0].ResolvedAt | Should -BeNullOrEmpty
        # A truncated list is requested three times in total.
        Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/instances', 'GET /v1/instances'
    }

    It 'finds two instances with one list, and never the same for both launches' {
        $emulator.ClearFaults()
        $found = Resolve-PRLaunch -SettleSec 0
        $found.Outcome | Should -Be 'Launched', 'Launched'
        $found.InstanceId | Sort-Object | Should -Be ($made | Sort-Object)
        $found[0].MatchedBy | Should -BeLike 'gpu, template*'
        $found[0].Gpu, $found[0].Template | Should -Be 'h100_80gb', 'pytorch'
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
        Resolve-PRLaunch | Should -BeNullOrEmpty
    }

    It 'takes ids by position and by property, and returns launches that are already closed' {
        $emulator.ClearFaults()
        $one = Resolve-PRLaunch $intents[0] -SettleSec 0
        $one.IntentId, $one.Outcome | Should -Be $intents[0], 'Launched'
        $emulator.ClearRequests()
        $again = $one | Resolve-PRLaunch
        $again.Outcome, $again.InstanceId, $again.MatchedBy | Should -Be $one.Outcome, $one.InstanceId, $one.MatchedBy
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'closes launches manually, and never two as the same instance' {
        $done = Get-Outcome { Resolve-PRLaunch -IntentId $intents -InstanceId $made[0] }
        $done.Output.IntentId, $done.Output.Outcome, $done.Output.InstanceId, $done.Output.MatchedBy | Should -Be $intents[0], 'Launched', $made[0], 'by hand'
        $done.ErrorIds | Should -Be 'Conflict'
        $done.Errors[0].TargetObject | Should -Be $intents[1]
        (Resolve-PRLaunch -IntentId $intents[1] -NotLaunched).Outcome | Should -Be 'NotLaunched'
        (Get-Outcome { Resolve-PRLaunch -IntentId $intents[0] -NotLaunched }).ErrorIds | Should -Be 'Conflict'
        Resolve-PRLaunch | Should -BeNullOrEmpty
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'reports an id that is not in the journal, and continues' {
        $unknown = [guid]::NewGuid()
        $done = Get-Outcome { Resolve-PRLaunch $unknown, $intents[0] -SettleSec 0 }
        $done.ErrorIds | Should -Be 'InvalidRequest'
        $done.Errors[0].TargetObject | Should -Be $unknown
        $done.Output.IntentId | Should -Be $intents[0]
    }

    It 'changes nothing and sends no request with -WhatIf' {
        Invoke-Silent $emulator 'Resolve-PRLaunch -WhatIf' | Should -BeNullOrEmpty
        $emulator.Requests | Should -BeNullOrEmpty
        @(Resolve-PRLaunch -SettleSec 0).Count | Should -Be 2
    }

    It 'does not change launches of a running command' {
        $emulator.ClearFaults()
        $null = Resolve-PRLaunch -SettleSec 0
        Add-Fault $emulator Hang @{ Method = 'POST' }
        $pipeline = Start-Pipeline $emulator 'New-PRInstance h100_80gb pytorch'
        try {
            Wait-Until { (Get-SentCount $emulator 'POST *') -eq 1 }
            $running = [guid] @($emulator.Requests | Where-Object Method -EQ POST).IdempotencyKey
            Resolve-PRLaunch -SettleSec 0 | Should -BeNullOrEmpty
            $done = Get-Outcome { Resolve-PRLaunch $running; Resolve-PRLaunch $running -NotLaunched }
            $done.Output | Should -BeNullOrEmpty
            $done.ErrorIds | Should -Be 'Conflict', 'Conflict'
        }
        finally {
            $pipeline.Shell.Stop()
            $pipeline.Shell.Dispose()
        }
    }

    It 'has a table view' {
        $emulator.ClearFaults()
        $text = Resolve-PRLaunch -SettleSec 0 | Format-Table | Out-String -Width 200
        $text | Should -Match 'IntentId +Outcome +InstanceId +Gpu +Template +RequestedAt +MatchedBy'
        $text | Should -BeLike "*$($intents[0]) Launched*h100_80gb*pytorch*"
    }
}
