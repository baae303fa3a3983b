BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1
}

# Cleanups as a scheduler starts them, in new processes, which know only the store.
Describe 'Cleanups in processes of their own' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'finish the windows that have begun, on a third of the readings that turns would need' {
        $emulator = Start-IdleEmulator 30
        foreach ($one in $emulator.Instances) { $emulator.SetWorkload($one.Id, 'busy') }
        $ends = @{ inst_3 = 1; inst_11 = 2; inst_29 = 3 }
        $stopped = @{}
        foreach ($minute in 0..18) {
            foreach ($id in $ends.Keys) { if ($ends[$id] -eq $minute) { $emulator.SetWorkload($id, 'idle') } }
            $emulator.ClearRequests()
            # Every third run is a process of its own. The others are connections of this process, which take a tenth of its time (CleanupOrderTests).
            $run = 'Invoke-PRCleanup -IdleFor 00:10 -MinSamples 8 -RequestBudget 13 -Jitter 0 -Confirm:$false -WarningAction SilentlyContinue | Where-Object Action -EQ Stopped | ForEach-Object Id'
            $child = if ($minute % 3 -eq 0) { Invoke-Child $run ((Get-ConnectionVariables $emulator) + @{ PULSERUN_CLOCK_OFFSET = "$($emulator.UtcNow - [DateTimeOffset]::UtcNow)" }) }
            else {
                Disconnect-PulseRun
                $emulator | Connect-PulseRun
                $emulator.ClearRequests()
                $done = Get-Outcome ([scriptblock]::Create($run))
                [pscustomobject]@{ Lines = $done.Output; Errors = @($done.Errors) + $done.Ended }
            }
            $child.Errors | Should -BeNullOrEmpty
            foreach ($id in $child.Lines) { $stopped[$id] = $minute }
            @(Get-Sent $emulator).Count | Should -BeLessOrEqual 13
            $emulator.Advance('00:01:00')
            # One more run after the last stop: it stops nothing that is busy.
            if ($stopped.Count -ge 3 -and @($stopped.Values | Where-Object { $_ -eq $minute }).Count -eq 0) { break }
        }
        @($stopped.Keys | Sort-Object) | Should -Be 'inst_11', 'inst_29', 'inst_3'
        foreach ($id in $ends.Keys) { $stopped[$id] - $ends[$id] | Should -BeIn (10..15) -Because $id }
    }
}
