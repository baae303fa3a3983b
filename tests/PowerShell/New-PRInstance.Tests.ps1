# New-PRInstance in processes that run concurrently or are killed. Everything else is in tests/PulseRun.PowerShell.Tests/Cmdlets/NewInstance*.cs.
BeforeAll {
    . $PSScriptRoot/Common.ps1

    # Test-Kill: kills a launching process after a while. Returns the instances that are paid for, those that it had printed, and those that Resolve-PRLaunch names.
    function Test-Kill([PulseRun.Emulator] $Emulator, [int] $Milliseconds) {
        $before = @($Emulator.Instances.Id)
        $Emulator.ClearRequests()
        $child = Start-Child 'Connect-PulseRun -TimeoutSec 2; New-PRInstance h100_80gb pytorch -Count 4 -Wait -SettleSec 1 | ForEach-Object { [Console]::Out.WriteLine($_.Id) }' (Get-ConnectionVariables $Emulator)
        Wait-Until { (Get-SentCount $Emulator 'POST *') -ge 1 }
        Start-Sleep -Milliseconds $Milliseconds
        $child.Process.Kill()
        $printed = (Receive-Child $child).Lines
        # A launch that was on its way may still arrive.
        $named = @(Resolve-PRLaunch -SettleSec 1 -WarningAction SilentlyContinue).InstanceId
        [pscustomobject]@{
            Paid    = @($Emulator.Instances.Id | Where-Object { $_ -notin $before })
            Printed = @($printed)
            Named   = @($named | Where-Object { $_ })
        }
    }
}

Describe 'Concurrent and killed processes' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $before = @($emulator.Instances.Id)
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

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
        $child = Start-Child 'Connect-PulseRun -TimeoutSec 15; New-PRInstance h100_80gb pytorch' (Get-ConnectionVariables $emulator)
        Wait-Until { $emulator.Instances.Count -eq $before.Count + 1 }
        $child.Process.Kill()
        $child.Process.WaitForExit()
        $id = $emulator.Instances[-1].Id
        if ($How -like 'Resolve*') { Resolve-PRLaunch -SettleSec 1 | ForEach-Object { "$($_.Outcome) $($_.InstanceId)" } | Should -Be "Launched $id" }
        else {
            $done = Get-Outcome { New-PRInstance rtx_4090 pytorch -SettleSec 1 }
            "$($done.Warnings)" | Should -BeLike "An earlier launch (h100_80gb*it is instance $id, which is billed."
            $done.Output.Gpu | Should -Be 'rtx_4090'
        }
    }
}

Describe 'Every instance that is paid for is printed or named' {
    BeforeEach { $emulator = Start-TestEmulator -Instances 0 }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'names after a kill each instance that was not printed' {
        $emulator.ProvisioningTime = [timespan]::FromSeconds(2)
        Add-Fault $emulator Delay @{ Method = 'POST'; AfterEffect = $true; Probability = 0.5; Duration = [timespan]::FromMilliseconds(400) }
        $kills = [int] ($env:PULSERUN_KILLS ?? 3)
        $random = [random]::new()
        for ($i = 0; $i -lt $kills; $i++) {
            $wait = $random.Next(0, 3500)
            $done = Test-Kill $emulator $wait
            $missing = @($done.Paid | Where-Object { $_ -notin $done.Printed -and $_ -notin $done.Named })
            $missing | Should -BeNullOrEmpty -Because "killed after $wait ms"
            @($done.Named | Select-Object -Unique).Count | Should -Be $done.Named.Count
        }
        Resolve-PRLaunch | Should -BeNullOrEmpty
    }

    It 'holds the limit after a kill during the termination' {
        Add-Fault $emulator Hang @{ Method = 'DELETE'; Times = 1 }
        $child = Start-Child 'Connect-PulseRun -TimeoutSec 15; New-PRInstance h100_80gb pytorch -MaxHourlyCost 1' (Get-ConnectionVariables $emulator)
        Wait-Until { (Get-SentCount $emulator 'DELETE *') -ge 1 }
        $child.Process.Kill()
        $null = Receive-Child $child
        $emulator.Instances.Status | Should -Not -Be 'terminated'
        $done = Get-Outcome { Resolve-PRLaunch -SettleSec 1 }
        $emulator.Instances.Status | Should -Be 'terminated'
        $done.Output.Outcome | Should -Be 'NotLaunched'
        "$($done.Warnings)" | Should -BeLike "*$($emulator.Instances[0].Id) was launched and terminated at once*"
        Resolve-PRLaunch | Should -BeNullOrEmpty
    }
}
