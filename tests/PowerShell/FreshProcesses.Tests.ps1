BeforeDiscovery {
    $clocks = @('Date')
    if ($env:PULSERUN_FAKETIME) { $clocks += 'Faketime' }
}

# Each minute of the simulation is a new process against a server that is not the emulator of this module.
# PULSERUN_FRESH_INSTANCES (300) and PULSERUN_FRESH_MINUTES (720) run the simulation at full size, with the rule of 30 minutes; PULSERUN_FAKETIME is the path of libfaketime.
Describe 'A fleet under cleanups in processes of their own' {
    It 'pays little more than the window, with the clock of the simulation by <_>' -ForEach $clocks {
        $big = [int] $env:PULSERUN_FRESH_INSTANCES
        $size = if ($big) {
            $minutes = [int] $env:PULSERUN_FRESH_MINUTES
            @{ Instances = $big; RequestsPerMinute = [Math]::Max(10, [int] ($big / 5)); Minutes = $minutes ? $minutes : 720 }
        }
        else {
            @{ Instances = 5; RequestsPerMinute = 9; Minutes = 13; WarmUpMinutes = 0; IdleFor = '00:10'; MinSamples = 8; Busy = 0.5 }
        }
        $done = & "$PSScriptRoot/FreshProcesses.ps1" @size -Clock $_
        Write-Verbose ($done | Out-String) -Verbose:([bool] $big)
        $done.errors | Should -BeNullOrEmpty
        $done.stops | Should -BeGreaterThan 0
        $done.wrong | Should -Be 0
        $done.refused | Should -Be 0
        $done.most | Should -BeLessOrEqual $size.RequestsPerMinute
        $done.regret | Should -BeLessOrEqual 1.3
        # No process waits for places in a real minute. On a busy machine each takes long.
        $done.slowestProcess | Should -BeLessThan (50 + $done.usualProcess)
    }
}
