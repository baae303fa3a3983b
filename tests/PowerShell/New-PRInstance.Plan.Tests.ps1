BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'A launch plan whose process is killed' {
    BeforeEach {
        $emulator = Start-TestEmulator -Instances 0
        Add-Fault $emulator ServerErrorAfterEffect @{ Method = 'POST'; Status = 503; Text = 'No capacity is available.'; Probability = 0.15 }
        Add-Fault $emulator CutBeforeAnswer @{ Method = 'POST'; AfterEffect = $true; Probability = 0.1 }
        Add-Fault $emulator NoCapacity @{ Method = 'POST'; Status = 503; Probability = 0.2 }
        Add-Fault $emulator NoCapacity @{ Method = 'POST'; Probability = 0.6 }
        Add-Fault $emulator Delay @{ Method = 'POST'; AfterEffect = $true; Probability = 0.5; Duration = [timespan]::FromMilliseconds(400) }
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    # More of them: PULSERUN_KILLS=100.
    It 'has at most one instance, and it is named' -Skip:$IsWindows {
        $random = [random]::new()
        for ($i = 0; $i -lt [int] ($env:PULSERUN_KILLS ?? 2); $i++) {
            $before = @($emulator.Instances.Id)
            $emulator.ClearRequests()
            $child = Start-Child "Connect-PulseRun -TimeoutSec 2; New-PRInstance h100_80gb, a100_80gb, l40s pytorch -Region eu, us -RetryFor 00:05 -RetryEverySec 1 -SettleSec 1 | ForEach-Object { [Console]::Out.WriteLine(`$_.Id) }" (Get-ConnectionVariables $emulator)
            Wait-Until { (Get-SentCount $emulator 'POST *') -ge 1 -or $child.Process.HasExited }
            $wait = $random.Next(0, 2500)
            Start-Sleep -Milliseconds $wait
            $child.Process.Kill()
            $told = (Receive-Child $child).Output
            # A launch that was on its way may still arrive.
            $found = @(Resolve-PRLaunch -SettleSec 1 -WarningAction SilentlyContinue)
            $new = @($emulator.Instances.Id | Where-Object { $_ -notin $before })
            $because = "killed after $wait ms, round $i, $((Get-Sent $emulator) -join ' ')"
            $new.Count | Should -BeLessOrEqual 1 -Because $because
            foreach ($id in $new) { "$told $($found.InstanceId)" | Should -BeLike "*$id*" -Because $because }
            $keys = @($emulator.Requests | Where-Object Method -EQ POST | ForEach-Object IdempotencyKey | Sort-Object -Unique).Count
            # The journal has the attempts of a plan that was ended in its middle.
            foreach ($one in $found) { $one.Attempts.Count | Should -BeGreaterOrEqual ([Math]::Max(1, $keys)) -Because $because }
        }
        Resolve-PRLaunch | Should -BeNullOrEmpty
    }
}
