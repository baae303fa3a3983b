BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Get-PRInstanceMetrics' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $ids = $emulator.Instances.Id
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'reads the load of an instance' {
        $metrics = Get-PRInstanceMetrics -Id $ids[0]
        $metrics | Should -BeOfType PulseRun.InstanceMetrics
        $metrics.Id | Should -Be $ids[0]
        foreach ($name in 'GpuUtilization', 'MemoryUsage', 'DiskUsage') {
            $metrics.$name | Should -BeOfType double
            $metrics.$name | Should -BeGreaterOrEqual 0
            $metrics.$name | Should -BeLessOrEqual 100
        }
        $metrics.Uptime | Should -BeOfType timespan
        $metrics.SampledAt.Offset | Should -Be ([timespan]::Zero)
        Get-Sent $emulator | Should -Be "GET /v1/instances/$($ids[0])/metrics"
    }

    It 'reads many, in the order given, one request each' {
        $wanted = $ids[2, 0, 1]
        ($wanted | Get-PRInstanceMetrics).Id | Should -Be $wanted
        $emulator.Requests.Count | Should -Be 3
    }

    It 'says that there are none, and goes on' {
        $done = Get-Outcome { Get-PRInstanceMetrics -Id $ids[5], $ids[3], $ids[0] }
        $done.ErrorIds | Should -Be 'InstanceNotFound', 'Conflict'
        $done.Errors.TargetObject | Should -Be $ids[5, 3]
        $done.Output.Id | Should -Be $ids[0]
    }

    It 'shows the readings of a script' {
        $readings = [PulseRun.EmulatorReading[]] @(
            @{ GpuUtilization = 12.5; MemoryUsage = 40; DiskUsage = 3 }
            @{ GpuUtilization = 0; MemoryUsage = $null; DiskUsage = 3; Gpus = [System.Nullable[double][]] (7, $null) }
        )
        $emulator.SetWorkload($ids[0], $readings, [timespan]::Zero)
        $one = Get-PRInstanceMetrics -Id $ids[0]
        $two = Get-PRInstanceMetrics -Id $ids[0]
        $one.GpuUtilization, $one.MemoryUsage | Should -Be 12.5, 40
        $two.GpuUtilization | Should -Be 0
        $two.MemoryUsage | Should -Be $null
        $two.Gpus.Utilization | Should -Be 7, $null
    }

    It 'takes negative and impossible readings for unknown' {
        $emulator.SetWorkload($ids[0], [PulseRun.EmulatorReading[]] @(@{ GpuUtilization = -1; MemoryUsage = [double]::NaN; DiskUsage = 50 }), [timespan]::Zero)
        $metrics = Get-PRInstanceMetrics -Id $ids[0]
        $metrics.GpuUtilization | Should -Be $null
        $metrics.MemoryUsage | Should -Be $null
        $metrics.DiskUsage | Should -Be 50
    }

    It 'does nothing for <Name>' -ForEach @(
        @{ Name = 'a null id'; Do = { Get-PRInstanceMetrics -Id $null } }
        @{ Name = 'an empty id'; Do = { Get-PRInstanceMetrics -Id '' } }
        @{ Name = 'a wildcard'; Do = { Get-PRInstanceMetrics -Id '*' } }
    ) {
        (Get-Outcome $Do).ErrorIds | Should -Be 'InvalidRequest'
        $emulator.Requests | Should -BeNullOrEmpty
    }
}
