BeforeAll {
    . $PSScriptRoot/Common.ps1

    # Test-Kill: kills a launching process after a while; answers what it had printed, and what Resolve-PRLaunch names.
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

Describe 'What is paid for is told' {
    BeforeEach { $emulator = Start-TestEmulator -Instances 0 }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'names after a kill each instance that was not printed' {
        $emulator.ProvisioningTime = [timespan]::FromSeconds(2)
        Add-Fault $emulator Delay @{ Method = 'POST'; AfterEffect = $true; Probability = 0.5; Duration = [timespan]::FromMilliseconds(400) }
        $kills = [int] ($env:PULSERUN_KILLS ?? 4)
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
        $child = Start-Child 'Connect-PulseRun -TimeoutSec 3; New-PRInstance h100_80gb pytorch -MaxHourlyCost 1' (Get-ConnectionVariables $emulator)
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
