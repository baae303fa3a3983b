BeforeAll {
    . $PSScriptRoot/Common.ps1
}

Describe 'A lifetime ends, whatever became of the process that launched' {
    BeforeEach { $emulator = Start-TestEmulator -Instances 0 }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    # More of them: PULSERUN_KILLS=100.
    It 'after kill -9 at any step of a launch, one run of the cleanup ends every lifetime' -Skip:$IsWindows {
        # Half of the answers are late, so that processes are killed before the effect, between effect and answer, and after the answer.
        Add-Fault $emulator Delay @{ Method = 'POST'; AfterEffect = $true; Probability = 0.4; Duration = [timespan]::FromMilliseconds(300) }
        Add-Fault $emulator Delay @{ Method = 'POST'; Probability = 0.3; Duration = [timespan]::FromMilliseconds(200) }
        $random = [random]::new()
        $waits = @()
        $variables = Get-ConnectionVariables $emulator
        for ($i = 0; $i -lt [int] ($env:PULSERUN_KILLS ?? 4); $i++) {
            $emulator.ClearRequests()
            $action = @('Stop', 'Remove')[$i % 2]
            $child = Start-Child "Connect-PulseRun -TimeoutSec 2; 1..3 | ForEach-Object { New-PRInstance h100_80gb pytorch -Provider vast_ai -Name k$i-`$_ -Lifetime 08:00 -AtExpiry $action -SettleSec 1 -Confirm:`$false }" $variables
            Wait-Until { (Get-SentCount $emulator 'POST *') -ge 1 }
            $waits += $random.Next(0, 700)
            Start-Sleep -Milliseconds $waits[-1]
            $child.Process.Kill()
            $child.Process.WaitForExit()
        }
        @($emulator.Instances).Count | Should -BeGreaterThan 0
        # Before the end, nothing is touched.
        @(Invoke-PRCleanup -MaxActions 1000 -RequestBudget 10000 | Where-Object Action -NE Skipped).Count | Should -Be 0
        $emulator.Advance('08:00:30')
        $warnings = $null
        $null = Invoke-PRCleanup -MaxActions 1000 -RequestBudget 10000 -WarningVariable warnings -WarningAction SilentlyContinue
        $alive = @($emulator.Instances | Where-Object Status -NotIn 'stopped', 'terminated')
        $alive.Id | Should -BeNullOrEmpty -Because "killed after $waits ms; $warnings"
    }
}
