BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'Get-PRInstanceMetrics -History' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'gives back what was read, as it was read, and sends nothing' {
        $emulator = Start-IdleEmulator 2
        Set-Series $emulator inst_0 @{ GpuUtilization = 12.5; MemoryUsage = 30; DiskUsage = 40; Gpus = 12.5, $null, 3 }
        $emulator.SetWorkload('inst_1', 'blank')
        $read = Get-PRInstance | Get-PRInstanceMetrics
        $emulator.ClearRequests()
        $kept = Get-PRInstanceMetrics -History
        $emulator.Requests | Should -BeNullOrEmpty
        $kept | Should -BeOfType PulseRun.InstanceMetrics
        $kept.Id | Sort-Object | Should -Be 'inst_0', 'inst_1'
        $one = $kept | Where-Object Id -EQ inst_0
        $one.GpuUtilization, $one.MemoryUsage, $one.DiskUsage | Should -Be 12.5, 30, 40
        $one.Uptime | Should -Be $read[0].Uptime
        $one.Gpus.Utilization | Should -Be 12.5, $null, 3
        [Math]::Abs(($one.SampledAt - $read[0].SampledAt).TotalMilliseconds) | Should -BeLessOrEqual 1
        ($kept | Where-Object Id -EQ inst_1).GpuUtilization | Should -Be $null
    }

    It 'is fed by <Name>' -ForEach @(
        @{ Name = 'Get-PRInstanceMetrics'; Do = { Get-PRInstanceMetrics inst_0 } }
        @{ Name = 'Get-PRIdleInstance'; Do = { Get-PRIdleInstance } }
        @{ Name = 'Invoke-PRCleanup'; Do = { Invoke-TestCleanup } }
    ) {
        $emulator = Start-IdleEmulator 1
        $null = & $Do
        @(Get-PRInstanceMetrics -History) | Should -HaveCount 1
    }

    It '-Since and -Id choose, from the pipeline too; oldest first' {
        $emulator = Start-IdleEmulator 2
        Read-Fleet $emulator 4
        $since = $emulator.UtcNow.AddMinutes(-3)
        @(Get-PRInstanceMetrics -History) | Should -HaveCount 8
        @(Get-PRInstanceMetrics -History -Since $since) | Should -HaveCount 4
        $own = @(Get-PRInstanceMetrics -Id inst_1 -History -Since $since)
        $own.Id | Should -Be 'inst_1', 'inst_1'
        $own[0].SampledAt | Should -BeLessThan $own[1].SampledAt
        @(Get-PRInstance -Id inst_0 | Get-PRInstanceMetrics -History) | Should -HaveCount 4
        Get-PRInstanceMetrics -History -Id inst_9 | Should -BeNullOrEmpty
    }

    It 'is of one account only, and acted on with its connection' {
        $one = Start-IdleEmulator 1
        Read-Fleet $one 1
        $context = Get-PRContext
        $two = Start-IdleEmulator 1
        Get-PRInstanceMetrics -History | Should -BeNullOrEmpty
        (Get-PRInstanceMetrics -History -Context $context | Stop-PRInstance -Confirm:$false).Status | Should -Be 'stopped'
        $two.Requests | Should -BeNullOrEmpty
        Get-Running $one | Should -BeNullOrEmpty
    }

    It 'keeps 14 days: what is older goes with the next readings' {
        $emulator = Start-IdleEmulator 1
        Read-Fleet $emulator 2
        $old = [DateTimeOffset]::UtcNow.AddDays(-14).AddMinutes(-1).ToUnixTimeMilliseconds()
        Invoke-StoreSql "INSERT INTO sample (ts, instance, judged, uptime) VALUES ($old, (SELECT max(id) FROM instance), 0, -1), ($old + 120000, (SELECT max(id) FROM instance), 0, -1)"
        @(Get-PRInstanceMetrics -History) | Should -HaveCount 4
        Get-PRInstanceMetrics inst_0 | Out-Null
        $kept = @(Get-PRInstanceMetrics -History)
        $kept | Should -HaveCount 4
        $kept[0].SampledAt.ToUnixTimeMilliseconds() | Should -Be ($old + 120000)
    }

    It 'goes on without: a store that cannot be used is one warning, and the readings come' {
        $emulator = Start-IdleEmulator 3
        $was = $env:PULSERUN_DATA_DIR
        try {
            $env:PULSERUN_DATA_DIR = New-Item (Join-Path $TestDrive 'a file')
            Get-PRInstance | Get-PRInstanceMetrics -WarningAction SilentlyContinue -WarningVariable warnings | Should -HaveCount 3
        }
        finally { $env:PULSERUN_DATA_DIR = $was }
        $warnings | Should -HaveCount 1
    }

    It 'costs nothing where it is not used: Get-PRInstance loads no SQLite' {
        $emulator = Start-IdleEmulator 2
        $child = Invoke-Child @'
            (Get-PRInstance).Count
            $loaded = { @([AppDomain]::CurrentDomain.GetAssemblies() | Where-Object { $_.GetName().Name -like '*Sqlite*' }).Count }
            & $loaded
            $null = Get-PRInstanceMetrics inst_0
            (& $loaded) -gt 0
'@ -Environment @{ PULSERUN_API_KEY = $emulator.ApiKey; PULSERUN_BASE_URI = "$($emulator.BaseUri)" }
        $child.Lines | Should -Be '2', '0', 'True'
    }
}
