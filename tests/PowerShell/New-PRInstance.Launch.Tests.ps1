BeforeAll {
    . $PSScriptRoot/Common.ps1
    $script:DataDir = $env:PULSERUN_DATA_DIR
}

Describe 'A launch happens exactly once' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $before = @($emulator.Instances.Id)
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'adopts an instance that was launched despite the failure: <Kind>' -ForEach @(
        @{ Kind = 'ServerErrorAfterEffect' }
        @{ Kind = 'CutBeforeAnswer' }
        @{ Kind = 'HalfAnswer' }
        @{ Kind = 'EmptyAnswer' }
        @{ Kind = 'NotJson' }
        @{ Kind = 'Hang' }
    ) {
        Add-Fault $emulator $Kind @{ Method = 'POST'; AfterEffect = $true; Times = 1 }
        $emulator | Connect-PulseRun -TimeoutSec 1
        $done = Get-Outcome { New-PRInstance h100_80gb pytorch -SettleSec 2 }
        $done.Errors | Should -BeNullOrEmpty
        $done.Output | Should -BeOfType PulseRun.Instance
        $done.Output.Id | Should -Be @($emulator.Instances.Id | Where-Object { $_ -notin $before })
        $done.Warnings.Count | Should -Be 1
        "$($done.Warnings)" | Should -BeLike "*it happened: adopted $($done.Output.Id), recognised by gpu, template*"
        Get-SentCount $emulator 'POST *' | Should -Be 1
        Get-SentCount $emulator 'GET /v1/instances' | Should -BeIn 1, 2, 3
        Resolve-PRLaunch | Should -BeNullOrEmpty
    }

    It 'reports that it is safe to launch again: <Kind>' -ForEach @(
        @{ Kind = 'ServerError'; Id = 'ServerError' }
        @{ Kind = 'CutBeforeAnswer'; Id = 'ConnectionFailed' }
        @{ Kind = 'Hang'; Id = 'RequestTimeout' }
    ) {
        Add-Fault $emulator $Kind @{ Method = 'POST'; Times = 1 }
        $emulator | Connect-PulseRun -TimeoutSec 1
        $done = Get-Outcome { New-PRInstance h100_80gb pytorch -SettleSec 1 }
        $done.Output | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be $Id
        "$($done.Errors[0])" | Should -BeLike '*It was not launched; it is safe to launch again.'
        $done.Errors[0].TargetObject.Gpu | Should -Be 'h100_80gb'
        $emulator.Instances.Id | Should -Be $before
        Get-SentCount $emulator 'POST *' | Should -Be 1
        Get-SentCount $emulator 'GET *' | Should -Be 1
    }

    It 'names the candidates when the outcome is unknown, and determines it later' {
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST'; Times = 1 }
        Add-Fault $emulator ListCut @{ Method = 'GET'; Count = 100 }
        $done = Get-Outcome { New-PRInstance h100_80gb pytorch -SettleSec 1 }
        $id = @($emulator.Instances.Id | Where-Object { $_ -notin $before })
        $intent = @($emulator.Requests | Where-Object Method -EQ POST).IdempotencyKey
        $done.Output | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be 'LaunchOutcomeUnknown'
        "$($done.Errors[0])" | Should -BeLike "*It may be $id.*Resolve-PRLaunch $intent*"
        $done.Errors[0].ErrorDetails.RecommendedAction | Should -BeLike '*Resolve-PRLaunch*'
        $emulator.ClearFaults()
        $found = Resolve-PRLaunch -SettleSec 1
        $found.IntentId, $found.Outcome, $found.InstanceId | Should -Be ([guid] $intent), 'Launched', $id
        Resolve-PRLaunch | Should -BeNullOrEmpty
    }

    It 'resolves open launches before it launches, with a warning' {
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST'; Times = 1 }
        Add-Fault $emulator ListCut @{ Method = 'GET'; Count = 100 }
        $null = Get-Outcome { New-PRInstance h100_80gb pytorch -SettleSec 1 }
        $left = @($emulator.Instances.Id | Where-Object { $_ -notin $before })
        $emulator.ClearFaults()
        $done = Get-Outcome { New-PRInstance rtx_4090 vllm -SettleSec 1 }
        $done.Output.Gpu | Should -Be 'rtx_4090'
        $done.Warnings.Count | Should -Be 1
        "$($done.Warnings)" | Should -BeLike "An earlier launch (h100_80gb, pytorch*succeeded: it is instance $left, which is billed."
        (Get-Outcome { New-PRInstance rtx_4090 vllm }).Warnings | Should -BeNullOrEmpty
    }

    It 'leaves a stopped launch open, and names the cmdlet that resolves it' {
        Add-Fault $emulator Hang @{ Method = 'POST'; AfterEffect = $true }
        $pipeline = Start-Pipeline $emulator '$emulator | Connect-PulseRun -TimeoutSec 3; New-PRInstance h100_80gb pytorch'
        try {
            Wait-Until { $emulator.Instances.Count -eq $before.Count + 1 }
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $pipeline.Shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 2
            "$($pipeline.Shell.Streams.Warning)" | Should -BeLike '*launch was sent and is not confirmed for h100_80gb, pytorch*Resolve-PRLaunch*'
        }
        finally { $pipeline.Shell.Dispose() }
        Wait-Until { (Resolve-PRLaunch -SettleSec 1).InstanceId -eq $emulator.Instances[-1].Id }
    }

    It 'reports <Id> as a separate error id, and continues with the others' -ForEach @(
        @{ Id = 'CapacityUnavailable'; Category = 'ResourceUnavailable' }
        @{ Id = 'InsufficientBalance'; Category = 'QuotaExceeded' }
    ) {
        if ($Id -eq 'CapacityUnavailable') { Add-Fault $emulator NoCapacity @{ Method = 'POST'; Skip = 1; Times = 1 } }
        else { Add-Fault $emulator ServerError @{ Method = 'POST'; Skip = 1; Times = 1; Status = 402; Text = 'Insufficient balance.' } }
        $done = Get-Outcome { New-PRInstance rtx_4090 pytorch -Count 3 -ThrottleLimit 1 }
        $done.Output.Count | Should -Be 2
        $done.ErrorIds | Should -Be $Id
        $done.Errors[0].CategoryInfo.Category | Should -Be $Category
        Get-SentCount $emulator 'GET *' | Should -Be 0
    }

    It 'launches each row of a plan once, despite faults' {
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST'; Skip = 1; Times = 1 }
        Add-Fault $emulator CutBeforeAnswer @{ Method = 'POST'; Skip = 3; Times = 1 }
        $emulator | Connect-PulseRun -TimeoutSec 1
        $plan = 'Gpu,Template,Region,Spot,MaxHourlyCost,Count', 'rtx_4090,pytorch,,true,5,2', 'h100_80gb,vllm,eu,,,', 'a100_80gb,pytorch,,false,,1', 'h100_80gb,pytorch,,,0.5,' | ConvertFrom-Csv
        $done = Get-Outcome { $plan | New-PRInstance -SettleSec 1 -ThrottleLimit 1 }
        $made = @($emulator.Instances | Where-Object { $_.Id -notin $before })
        $done.ErrorIds | Should -Be 'ConnectionFailed', 'CostLimitExceeded'
        $done.Output.Id | Should -Be @($made | Where-Object Status -NE 'terminated').Id
        $done.Output.Gpu | Should -Be 'rtx_4090', 'rtx_4090', 'h100_80gb'
        # The price is known from the previous row, so the launch is rejected instead of launched and terminated.
        @($made | Where-Object Status -EQ 'terminated') | Should -BeNullOrEmpty
    }

    It 'waits for all instances together until each is ready' {
        $emulator.ProvisioningTime = [timespan]::FromSeconds(3)
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST'; Times = 1 }
        $ready = New-PRInstance rtx_4090 pytorch -Count 3 -Wait -SettleSec 1 -WarningAction SilentlyContinue
        $ready.Status | Should -Be 'running', 'running', 'running'
        $ready.SshCommand | Should -Not -BeNullOrEmpty
        Get-SentCount $emulator 'GET /v1/instances/*' | Should -Be 0
        Get-SentCount $emulator 'GET *' | Should -BeLessOrEqual 7
    }

    It 'keeps two processes together under the limit for the fleet' {
        $burn = ($emulator.Instances | Where-Object Status -EQ 'running' | Measure-Object CostPerHour -Sum).Sum
        # Its price is known from then on.
        $burn += (New-PRInstance h100_80gb pytorch).CostPerHour
        Add-Fault $emulator Delay @{ Method = 'POST'; Duration = [timespan]::FromMilliseconds(300) }
        Add-Fault $emulator ListLag @{ Method = 'GET'; Duration = [timespan]::FromSeconds(5) }
        $limit = ($burn + 2.5 * 2.10).ToString([cultureinfo]::InvariantCulture)
        $script = "New-PRInstance h100_80gb pytorch -Count 3 -MaxFleetCostPerHour $limit -ErrorAction SilentlyContinue | ForEach-Object Id"
        $children = 1..2 | ForEach-Object { Start-Child $script (Get-ConnectionVariables $emulator) }
        $launched = @($children | ForEach-Object { (Receive-Child $_).Lines })
        $launched.Count | Should -Be 2
        ($emulator.Instances | Where-Object Status -In 'running', 'provisioning' | Measure-Object CostPerHour -Sum).Sum | Should -BeLessOrEqual ([decimal] $limit)
        Get-SentCount $emulator 'POST *' | Should -Be 3
    }

    It 'is worked on by two processes at once, each instance claimed once' {
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST'; Probability = 0.3 }
        $script = '1..10 | ForEach-Object { [pscustomobject]@{ Gpu = "h100_80gb"; Template = "pytorch" } } | New-PRInstance -SettleSec 3 -WarningAction SilentlyContinue | ForEach-Object Id'
        $children = 1..2 | ForEach-Object { Start-Child $script (Get-ConnectionVariables $emulator) }
        $results = $children | ForEach-Object { Receive-Child $_ }
        $results.Errors | Should -Be '', ''
        $results | ForEach-Object { $_.Lines.Count | Should -Be 10 }
        $made = @($emulator.Instances.Id | Where-Object { $_ -notin $before })
        $made.Count | Should -Be 20
        @($results.Lines | Sort-Object) | Should -Be @($made | Sort-Object)
        Get-SentCount $emulator 'POST *' | Should -Be 20
    }

    It 'survives a killed process: <How>' -ForEach @(
        @{ How = 'Resolve-PRLaunch finds it' }
        @{ How = 'the next New-PRInstance finds it' }
    ) {
        Add-Fault $emulator Hang @{ Method = 'POST'; AfterEffect = $true; Times = 1 }
        $child = Start-Child 'Connect-PulseRun -TimeoutSec 3; New-PRInstance h100_80gb pytorch' (Get-ConnectionVariables $emulator)
        Wait-Until { $emulator.Instances.Count -eq $before.Count + 1 }
        $child.Process.Kill()
        $child.Process.WaitForExit()
        $id = $emulator.Instances[-1].Id
        if ($How -like 'Resolve*') {
            $found = Invoke-Child 'Resolve-PRLaunch -SettleSec 1 | ForEach-Object { "$($_.Outcome) $($_.InstanceId)" }' (Get-ConnectionVariables $emulator)
            $found.Lines | Should -Be "Launched $id"
        }
        else {
            $done = Get-Outcome { New-PRInstance rtx_4090 pytorch -SettleSec 1 }
            "$($done.Warnings)" | Should -BeLike "An earlier launch (h100_80gb*it is instance $id, which is billed."
            $done.Output.Gpu | Should -Be 'rtx_4090'
        }
    }
}

Describe 'Cost limits' {
    BeforeEach { $emulator = Start-TestEmulator -Instances 0 }
    AfterEach {
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'terminate an instance that costs more than -MaxHourlyCost' {
        $done = Get-Outcome { New-PRInstance h100_80gb pytorch -MaxHourlyCost 2 }
        $done.Output | Should -BeNullOrEmpty
        $done.ErrorIds | Should -Be 'CostLimitExceeded'
        "$($done.Errors[0])" | Should -BeLike "*$($emulator.Instances[0].Id) was launched and terminated at once*`$2.10/h*`$2.00/h*"
        $emulator.Instances.Status | Should -Be 'terminated'
        (New-PRInstance h100_80gb pytorch -MaxHourlyCost 2.10).CostPerHour | Should -Be 2.10
    }

    It 'keep the fleet below <Where>' -ForEach @(
        @{ Where = '-MaxFleetCostPerHour'; Launch = { New-PRInstance rtx_4090 pytorch -Count 4 -MaxFleetCostPerHour 1 } }
        @{ Where = 'the limit of the connection'; Launch = { $emulator | Connect-PulseRun -MaxFleetCostPerHour 1; New-PRInstance rtx_4090 pytorch -Count 4 } }
    ) {
        $done = Get-Outcome $Launch
        $done.Output.Count | Should -Be 2
        $done.ErrorIds | Should -Be 'CostLimitExceeded', 'CostLimitExceeded'
        "$($done.Errors[0])" | Should -BeLike 'Nothing was launched: the fleet costs $0.80/h, this launch adds about $0.40/h, and the limit for the fleet is $1.00/h.'
        Get-SentCount $emulator 'POST *' | Should -Be 2
        Get-SentCount $emulator 'GET *' | Should -Be 1
    }

    It 'keep the fleet below the limit of a saved profile' {
        $key = ConvertTo-Key $emulator.ApiKey
        Connect-PulseRun -ApiKey $key -BaseUri "$($emulator.BaseUri)" -Profile limited -Save -MaxFleetCostPerHour 0.5
        try {
            Disconnect-PulseRun
            Connect-PulseRun -Profile limited
            $done = Get-Outcome { New-PRInstance rtx_4090 pytorch -Count 2 }
            $done.Output.Count | Should -Be 1
            $done.ErrorIds | Should -Be 'CostLimitExceeded'
        }
        finally { Remove-Item "$DataDir/profiles.json" }
    }
}

Describe 'New-PRInstance -WhatIf' {
    It 'shows the GPU, the region, spot, and the last known price' {
        $emulator = Start-TestEmulator
        try {
            $child = Invoke-Child 'New-PRInstance h100_80gb pytorch -Region eu -Spot -WhatIf; $null = New-PRInstance h100_80gb pytorch; New-PRInstance h100_80gb pytorch -Count 2 -WhatIf' (Get-ConnectionVariables $emulator)
            $child.Errors | Should -Be ''
            $child.Lines | Should -Be 'What if: Performing the operation "Launch instance" on target "h100_80gb, pytorch, region eu, spot".',
                'What if: Performing the operation "Launch 2 instances" on target "h100_80gb, pytorch, region any, on demand, about $2.10/h".'
            Get-SentCount $emulator 'POST *' | Should -Be 1
        }
        finally { Stop-PREmulator; Disconnect-PulseRun }
    }
}
