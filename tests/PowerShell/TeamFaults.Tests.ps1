BeforeDiscovery { $script:HasAll = (Test-Path '/usr/lib/postgresql/*/bin/initdb') -and (Test-Path '/usr/sbin/pgbouncer') }

# Three hosts as processes, a real PostgreSQL behind a real PgBouncer, and faults. PULSERUN_FAULTS is the number of faults (with 1000 it takes about an hour and a half, and launches, too), PULSERUN_SEED
# the seed, and PULSERUN_RATE the number of hosts that share a key for three minutes.
Describe 'A team under faults' -Skip:(-not $HasAll) {
    It 'stops nothing twice, keeps MaxActions in sum, and loses nothing' {
        $faults = [int] $env:PULSERUN_FAULTS
        $size = if ($faults) { @{ Faults = $faults; LaunchRounds = 2; Quiet = 60 } } else { @{ Faults = 6; Quiet = 4; LongestPause = 4; Apart = 0.5 } }
        $seed = [int] $env:PULSERUN_SEED
        $done = & "$PSScriptRoot/TeamFaults.ps1" @size -Seed ($seed ? $seed : 1) -Log $env:PULSERUN_FAULTS_LOG
        Write-Verbose ($done | Select-Object * -ExcludeProperty Lines | Out-String) -Verbose:([bool] $faults)
        $done.Faults | Should -Be $size.Faults
        $done.Doubles | Should -BeNullOrEmpty
        $done.Wrong | Should -BeNullOrEmpty
        $done.TooMany | Should -BeNullOrEmpty
        $done.SentTwice | Should -BeNullOrEmpty
        $done.Problems | Should -BeNullOrEmpty
        $done.Most | Should -BeLessOrEqual 60
        # A run in which nothing happens proves nothing.
        $done.Stops | Should -BeGreaterThan 0
        # Equal launches whose answers were lost stay open when one of them did not happen: nothing shows which.
        $done.Named + $done.OpenLaunches | Should -BeGreaterOrEqual $done.Launched
    }

    It 'shares the requests of a key between <_> processes' -AllowNullOrEmptyForEach -ForEach @($env:PULSERUN_RATE -split ',' | Where-Object { $_ }) {
        $done = & "$PSScriptRoot/TeamRate.ps1" -Hosts ([int] $_)
        Write-Verbose ($done | Out-String) -Verbose
        $done.Problems | Should -BeNullOrEmpty
        $done.RefusedPercent | Should -BeLessOrEqual 2
        $done.LeastOfFairShare | Should -BeGreaterOrEqual 0.5
        $done.PerMinute | Should -BeGreaterThan 45
    }
}
