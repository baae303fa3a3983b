BeforeDiscovery { $script:HasPostgres = Test-Path '/usr/lib/postgresql/*/bin/initdb' }
BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1
    . $PSScriptRoot/TeamStore.ps1
}

# Hosts are processes with homes of their own, and one database.
Describe 'A store of a team' -Skip:(-not $HasPostgres) {
    BeforeEach { $store = New-TeamStore }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'lets two cleanups at once keep MaxActions in sum, read each instance once, and act on none twice' {
        $emulator = Start-IdleEmulator -Instances 12
        $emulator | Connect-PulseRun -Store $store
        Read-Fleet $emulator
        $emulator.Advance('00:02:00')
        $emulator.ClearRequests()
        $gate = New-Gate
        $script = "$($gate.Wait) Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -MaxActions 3 -Confirm:`$false | ForEach-Object { `"`$(`$_.Id) `$(`$_.Action) `$(`$_.Reason)`" }"
        $hosts = 1..2 | ForEach-Object { Start-TeamHost $emulator $store "host$_" $script }
        Open-Gate $gate 2
        $done = $hosts | ForEach-Object { Receive-Child $_ }
        $stopped = @($done.Lines | Where-Object { $_ -like '* Stopped *' })
        $stopped.Count | Should -Be 3 -Because "$($done.Output) $($done.Errors)"
        $stops = @(Get-Sent $emulator | Where-Object { $_ -like 'POST */stop' })
        $stops.Count | Should -Be 3
        @($stops | Sort-Object -Unique).Count | Should -Be 3
        # One reading for each instance, whichever host took it, and one more as the second look before each act or attempt at one.
        $reads = @(Get-Sent $emulator | Where-Object { $_ -like 'GET */metrics' } | Group-Object)
        ($reads | Measure-Object Count -Sum).Sum | Should -BeLessOrEqual (12 + 2 * 3)
        $done.ExitCode | Should -Be 0, 0
        $leases = (Get-PRStore -Store $store).Leases
        @($leases | Where-Object Result -EQ 'Stop').Count | Should -Be 3
    }

    It 'tells 40 equal launches of two hosts apart' {
        $emulator = Start-TestEmulator -Instances 0
        $emulator.SetBalance(1e6)
        $gate = New-Gate
        $script = "$($gate.Wait) New-PRInstance rtx_4090 pytorch -Count 20 -Confirm:`$false | ForEach-Object Id"
        $hosts = 1..2 | ForEach-Object { Start-TeamHost $emulator $store "launch$_" $script }
        Open-Gate $gate 2
        $done = $hosts | ForEach-Object { Receive-Child $_ }
        $done[0].Lines.Count | Should -Be 20 -Because $done[0].Errors
        $done[1].Lines.Count | Should -Be 20 -Because $done[1].Errors
        @($done.Lines | Sort-Object -Unique).Count | Should -Be 40
        $emulator.Instances.Count | Should -Be 40
        $cluster = [PulseRun.Tests.Shared.PostgresCluster]::Shared
        $cluster.Sql((Get-Database $store), 'SELECT count(DISTINCT instance) || '' '' || count(*) FROM pulserun.launch WHERE outcome = 1 AND told') | Should -Be '40 40'
    }

    It 'frees what a killed host held, and counts its acts meanwhile' {
        $emulator = Start-IdleEmulator -Instances 4
        $emulator | Connect-PulseRun -Store $store
        Read-Fleet $emulator
        $emulator.Advance('00:02:00')
        $emulator.ClearRequests()
        # The answer of each stop is held back, so that the host is killed in the middle of its acts.
        Add-Fault $emulator Delay @{ Path = '*/stop'; Duration = [timespan]::FromHours(1) }
        $first = Start-TeamHost $emulator $store killed "Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -MaxActions 2 -Confirm:`$false"
        Wait-Until { (Get-SentCount $emulator 'POST */stop') -ge 2 }
        $first.Process.Kill()
        $first.Process.WaitForExit()
        $emulator.ClearFaults()
        $sent = @(Get-Sent $emulator | Where-Object { $_ -like 'POST */stop' })
        # The second host is this process, whose home is another one.
        $second = Invoke-TestCleanup @{ MaxActions = 2 }
        # The two acts of the killed host are of this minute, so the team has had its two.
        @($second.Actions).Count | Should -Be 4
        @($second.Text | Where-Object { $_ -like '* Stopped *' }).Count | Should -Be 0 -Because "$($second.Text) $($second.Errors)"
        @(Get-Sent $emulator | Where-Object { $_ -like 'POST */stop' }).Count | Should -Be $sent.Count
    }

    It 'lets a host that was paused past its lease do nothing' {
        $emulator = Start-IdleEmulator -Instances 1
        $emulator | Connect-PulseRun -Store $store
        Read-Fleet $emulator
        $emulator.Advance('00:02:00')
        $emulator.ClearRequests()
        # The second look before the act is the second reading. The host is paused while it waits for it.
        Add-Fault $emulator Delay @{ Path = '*/metrics'; Duration = [timespan]::FromHours(1); Skip = 1; Times = 1 }
        $paused = Start-TeamHost $emulator $store paused "Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -Confirm:`$false | ForEach-Object { `"`$(`$_.Id) `$(`$_.Action) `$(`$_.Reason)`" }"
        Wait-Until { (Get-SentCount $emulator 'GET */metrics') -ge 2 }
        kill -STOP $paused.Process.Id
        try {
            # The host that is awake is this process, whose home is another one.
            $other = Invoke-TestCleanup
            # Long enough for the window between the look and the act of the paused host.
            $pause = [double] ($env:PULSERUN_TEST_PAUSE ?? 6)
            Start-Sleep -Seconds $pause
        }
        finally {
            # The reading is answered when the host goes on.
            $emulator.ClearFaults()
            kill -CONT $paused.Process.Id
        }
        $done = Receive-Child $paused
        @(Get-Sent $emulator | Where-Object { $_ -like 'POST */stop' }).Count | Should -BeLessOrEqual 1 -Because "$($done.Output) $($done.Errors) $($other.Text) $($other.Errors)"
        $done.ExitCode | Should -Be 0
    }

    It 'is refused when the server is away: nothing is launched, cleaned up or listed from a local file' {
        $cluster = [PulseRun.Tests.Shared.PostgresCluster]::StartAnother()
        try {
            $store = New-TeamStore $cluster
            $emulator = Start-TestEmulator
            $emulator | Connect-PulseRun -Store $store
            $null = Get-PRInstance | Select-Object -First 1 | Protect-PRInstance
            $cluster.Kill()
            $emulator.ClearRequests()
            $cleanup = Get-Outcome { Invoke-PRCleanup -IdleFor 00:30 -Jitter 0 }
            $cleanup.ErrorIds | Should -Be 'StoreUnavailable'
            $cleanup.Output.Count | Should -Be 0
            (Get-Outcome { New-PRInstance rtx_4090 pytorch -Confirm:$false }).ErrorIds | Should -Be 'JournalUnavailable'
            Get-Sent $emulator | Should -BeNullOrEmpty
            (Get-Outcome { Get-PRInstance }).Output.Count | Should -Be 6
            $script = Invoke-Child "& '$Root/examples/Stop-IdleGpu.ps1' -Module '$ModulePath' -Jitter 0; exit `$LASTEXITCODE" -Module '' -Environment ((Get-ConnectionVariables $emulator) + @{ PULSERUN_STORE = $store })
            $script.ExitCode | Should -Be 5 -Because "$($script.Output) $($script.Errors)"
            Test-Path (Join-Path $env:PULSERUN_DATA_DIR 'pulserun.db') | Should -BeFalse
            $cluster.Start()
            # The connection of before is dead; the next command makes a new one.
            Wait-Until { (Get-Outcome { Get-PRProtection }).Output.Count -eq 1 }
        }
        finally { $cluster.Stop() }
    }

    It 'contains no key, no token and no ssh password' {
        $emulator = Start-TestEmulator
        $emulator | Connect-PulseRun -Store $store
        $null = Get-PRIdleInstance -For 00:30
        $null = New-PRInstance rtx_4090 pytorch -Confirm:$false
        $null = Invoke-PRCleanup -IdleFor 00:30 -Jitter 0 -WarningAction SilentlyContinue
        $dump = [PulseRun.Tests.Shared.PostgresCluster]::Shared.Dump((Get-Database $store))
        $dump | Should -BeLike '*rtx_4090*'
        $dump.Contains($emulator.ApiKey) | Should -BeFalse
        $dump | Should -Not -Match 'pr_(test|live)_'
        foreach ($instance in $emulator.Instances) {
            foreach ($secret in @($instance.JupyterToken, $instance.SshPassword) | Where-Object { $_ }) { $dump.Contains($secret) | Should -BeFalse }
        }
    }
}
