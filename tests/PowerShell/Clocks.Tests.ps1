# Processes whose clocks differ. A process that has started the emulator uses the emulator's clock, so the real time needs another one.
BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'A clock that is ahead' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'of a simulation is followed by a process with the real time, which judges as the one in the simulation' {
        $emulator = Start-IdleEmulator 1
        Read-Fleet $emulator
        $emulator.Advance('02:00:00')
        Read-Fleet $emulator
        $child = Invoke-Child "Get-PRIdleInstance $(Format-Rule) -All | ForEach-Object { [string] `$_.Reason }" -Environment (Get-ConnectionVariables $emulator)
        $child.Lines | Should -Be 'AllBelowThreshold'
    }

    It 'records states that remove nothing, <Ahead> ahead' -ForEach @{ Ahead = '0.00:00:00' }, @{ Ahead = '8.00:00:00' } {
        $emulator = Start-IdleEmulator 1
        $emulator.Advance($Ahead)
        $null = $emulator.SetStatus('inst_0', 'stopped')
        Watch-Fleet $emulator 80
        $child = Invoke-Child "Invoke-PRCleanup -IdleFor 00:10 -Jitter 0 -RemoveStoppedAfter 01:00 -Force | ForEach-Object { [string] `$_.Reason }" -Environment (Get-ConnectionVariables $emulator)
        $child.Lines | Should -BeIn 'ClockUnsure', 'StoppedRecently'
        $emulator.Instances | Should -HaveCount 1
    }
}
