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

    It 'names what <Name> keeps from being written, and once more later' -ForEach @(
        @{ Name = 'Select-Object -First 1'; Downstream = '| Select-Object -First 1' }
        @{ Name = 'a throw'; Downstream = '| ForEach-Object { throw "downstream" }' }
    ) {
        # The first is written when all three are launched, and when a list sent after that has come back: so have their answers, then.
        $all = '| ForEach-Object { while ($emulator.Instances.Count -lt 3) { Start-Sleep -Milliseconds 10 }; $null = Get-PRInstance; $_ }'
        $pipeline = Start-Pipeline $emulator "New-PRInstance rtx_4090 pytorch -Count 3 $all $Downstream"
        try {
            $pipeline.Running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            try { $written = @($pipeline.Shell.EndInvoke($pipeline.Running)) } catch { $written = @() }
            $rest = @($emulator.Instances.Id | Where-Object { $_ -notin $written.Id })
            $rest.Count | Should -BeGreaterOrEqual 2
            "$($pipeline.Shell.Streams.Warning)" | Should -BeLike '*Launched and billing, but not written to the pipeline:*'
        }
        finally { $pipeline.Shell.Dispose() }
        $done = Get-Outcome { Resolve-PRLaunch }
        # Writing the one that ended the pipeline never returned: it may be named as well.
        $rest | Where-Object { $_ -notin $done.Output.InstanceId } | Should -BeNullOrEmpty
        $done.Output[0].Outcome | Should -Be 'Launched'
        $done.Warnings.Count | Should -Be $done.Output.Count
        "$($done.Warnings[0])" | Should -BeLike '*launched and billing*'
        Resolve-PRLaunch | Should -BeNullOrEmpty
    }

    It 'names what was waited for when it is stopped' {
        $emulator.ProvisioningTime = [timespan]::FromMinutes(10)
        $pipeline = Start-Pipeline $emulator 'New-PRInstance rtx_4090 pytorch -Count 2 -Wait'
        try {
            Wait-Until { (Get-SentCount $emulator 'GET /v1/instances') -ge 1 }
            $pipeline.Shell.Stop()
            foreach ($id in $emulator.Instances.Id) { "$($pipeline.Shell.Streams.Warning)" | Should -BeLike "*Launched and billing*$id*" }
        }
        finally { $pipeline.Shell.Dispose() }
        $emulator.ProvisioningTime = [timespan]::Zero
        $done = Get-Outcome { New-PRInstance rtx_4090 pytorch }
        $done.Warnings.Count | Should -Be 2
        "$($done.Warnings[0])" | Should -BeLike '*launched and billing, and no command had written it*'
        (Get-Outcome { New-PRInstance rtx_4090 pytorch }).Warnings | Should -BeNullOrEmpty
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
