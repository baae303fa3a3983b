BeforeAll {
    . $PSScriptRoot/Common.ps1

    # Test-End: starts a process that launches four instances, ends it, and returns what was paid for, what it printed or named, and what Resolve-PRLaunch names.
    function Test-End([PulseRun.Emulator] $Emulator, [string] $Downstream, [scriptblock] $Ending) {
        $before = @($Emulator.Instances.Id)
        $Emulator.ClearRequests()
        $child = Start-Child "Connect-PulseRun -TimeoutSec 2; New-PRInstance h100_80gb pytorch -Count 4 -Wait -SettleSec 1 $Downstream | ForEach-Object { [Console]::Out.WriteLine(`$_.Id) }" (Get-ConnectionVariables $Emulator)
        Wait-Until { (Get-SentCount $Emulator 'POST *') -ge 1 }
        & $Ending $child.Process
        if (-not $child.Process.WaitForExit(100000)) { $child.Process.Kill(); throw 'The process did not end within 100 s.' }
        $told = (Receive-Child $child).Output
        # A launch that was on its way may still arrive.
        $named = @((Resolve-PRLaunch -SettleSec 1 -WarningAction SilentlyContinue).InstanceId | Where-Object { $_ })
        [pscustomobject]@{
            Missing = @($Emulator.Instances.Id | Where-Object { $_ -notin $before -and $told -notlike "*$_*" -and $_ -notin $named })
            Twice   = @($named | Group-Object | Where-Object Count -GT 1)
        }
    }
}

Describe 'What is paid for is named, however the process ends' {
    BeforeEach {
        $emulator = Start-TestEmulator -Instances 0
        $emulator.ProvisioningTime = [timespan]::FromSeconds(2)
        Add-Fault $emulator Delay @{ Method = 'POST'; AfterEffect = $true; Probability = 0.5; Duration = [timespan]::FromMilliseconds(400) }
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    # More of them: PULSERUN_KILLS=100. The end by kill -9 is in New-PRInstance.Tests.ps1.
    It 'by <How>' -ForEach @(
        @{ How = 'Ctrl+C'; Rounds = 2; Downstream = ''; End = { param($process) & /bin/kill -INT $process.Id 2>$null } }
        @{ How = 'Select-Object -First 1'; Rounds = 1; Downstream = '| Select-Object -First 1'; End = { } }
    ) -Skip:$IsWindows {
        $random = [random]::new()
        for ($i = 0; $i -lt [int] ($env:PULSERUN_KILLS ?? $Rounds); $i++) {
            $wait = $random.Next(0, 3500)
            $done = Test-End $emulator $Downstream { param($process) if ($How -ne 'Select-Object -First 1') { Start-Sleep -Milliseconds $wait }; & $End $process }
            $done.Missing | Should -BeNullOrEmpty -Because "ended after $wait ms, round $i"
            $done.Twice | Should -BeNullOrEmpty
        }
        Resolve-PRLaunch | Should -BeNullOrEmpty
    }
}
