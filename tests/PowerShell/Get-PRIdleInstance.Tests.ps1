BeforeAll { . $PSScriptRoot/Common.ps1; . $PSScriptRoot/Idle.ps1 }

Describe 'Get-PRIdleInstance' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'returns the instances that are proven idle, with the evidence' {
        $emulator = Start-IdleEmulator -Workloads @{ 1 = 'busy'; 2 = 'silent'; 3 = 'blank' }
        Read-Fleet $emulator
        $found = Get-PRIdleInstance @Rule
        $found.Id | Should -Be 'inst_0', 'inst_4', 'inst_5'
        $found[0] | Should -BeOfType PulseRun.IdleVerdict
        $found[0].Verdict, $found[0].Reason, $found[0].Coverage | Should -Be 'Idle', 'AllBelowThreshold', 1
        $found[0].SampleCount | Should -BeGreaterOrEqual 6
        $found[0].LargestGap.TotalMinutes | Should -BeGreaterOrEqual 2
        $found[0].LastSampleAge.TotalSeconds | Should -BeLessThan 2
        $found[0].PeakGpu | Should -BeLessThan 5
        # Two readings a tenth of a second apart count once.
        $slots = [Math]::Round([Math]::Log(0.01) / [Math]::Log(1 - $found[0].DetectableDuty))
        $slots | Should -BeIn 5, 6
        $slots | Should -BeLessOrEqual $found[0].SampleCount
        $found[0].CostPerHour | Should -Be 1
    }

    It 'sends one list and one reading per running instance' {
        $emulator = Start-IdleEmulator
        $null = $emulator.SetStatus('inst_2', 'stopped')
        $null = $emulator.SetStatus('inst_3', 'provisioning')
        Get-PRIdleInstance -All | Should -HaveCount 6
        $sent = Get-Sent $emulator
        $sent[0] | Should -Be 'GET /v1/instances'
        $sent[1..9] | Sort-Object | Should -Be (0, 1, 4, 5 | ForEach-Object { "GET /v1/instances/inst_$_/metrics" })
    }

    It 'sends only one list with -NoSample, and uses the recorded readings' {
        $emulator = Start-IdleEmulator -Workloads @{ 1 = 'busy' }
        Read-Fleet $emulator
        (Get-PRIdleInstance @Rule -NoSample).Id | Should -Be 'inst_0', 'inst_2', 'inst_3', 'inst_4', 'inst_5'
        Get-Sent $emulator | Should -Be 'GET /v1/instances'
    }

    It 'returns the other instances with their reasons, in the order of the list, with -All' {
        $emulator = Start-IdleEmulator 5 -Workloads @{ 1 = 'busy'; 2 = 'silent' }
        Read-Fleet $emulator
        $null = $emulator.SetStatus('inst_3', 'stopped')
        Get-PRIdleInstance @Rule -All | ForEach-Object { "$($_.Id) $($_.Verdict) $($_.Reason)" } | Should -Be @(
            'inst_0 Idle AllBelowThreshold', 'inst_1 Active GpuBusy', 'inst_2 Unknown MetricsUnavailable', 'inst_3 Unknown NotRunning', 'inst_4 Idle AllBelowThreshold')
    }

    Context 'Every reason can occur' {
        It '<Reason>' -ForEach @(
            @{ Reason = 'NotRunning'; Do = { Read-Fleet $emulator; $emulator.SetStatus('inst_0', 'hibernating') } }
            @{ Reason = 'GpuBusy'; Do = { Set-Series $emulator inst_0 0, 0, 5, 0 -Step '00:02:00'; Read-Fleet $emulator } }
            @{ Reason = 'GpuBusy'; Do = { Read-Fleet $emulator; Set-Series $emulator inst_0 250 } }
            @{ Reason = 'GpuBusy'; Do = { Set-Series $emulator inst_0 @{ Gpus = 0, 0, 0, 0, 0, 0, 0, 6 }; Read-Fleet $emulator } }
            @{ Reason = 'MetricsUnavailable'; Do = { Read-Fleet $emulator; $emulator.SetWorkload('inst_0', 'silent') } }
            @{ Reason = 'MetricsUnavailable'; Do = { Read-Fleet $emulator; $emulator.SetWorkload('inst_0', 'blank') } }
            @{ Reason = 'MetricsUnavailable'; Do = { Read-Fleet $emulator; Set-Series $emulator inst_0 -1 } }
            @{ Reason = 'MetricsUnavailable'; Do = { Read-Fleet $emulator; Set-Series $emulator inst_0 ([double]::NaN) } }
            @{ Reason = 'MetricsUnavailable'; Do = { Set-Series $emulator inst_0 @{ Gpus = 0, $null }; Read-Fleet $emulator } }
            @{ Reason = 'NoSamples'; With = @{ NoSample = $true }; Do = { } }
            @{ Reason = 'Restarted'; Do = { Read-Fleet $emulator; $null = Stop-PRInstance inst_0 -Confirm:$false; $null = Start-PRInstance inst_0; $emulator.Advance('00:02:00') } }
            @{ Reason = 'StartedRecently'; Do = { $null = $emulator.AddInstance(@{ Id = 'inst_0'; Status = 'running'; StartedAt = $emulator.UtcNow }); $emulator.SetWorkload('inst_0', 'idle'); Add-Fault $emulator MissingFields @{ Path = '*/metrics'; Names = [string[]] 'uptime' }; Read-Fleet $emulator 3 }; Fresh = $true }
            @{ Reason = 'GpuCountChanged'; Do = { Set-Series $emulator inst_0 @{ Gpus = 0, 0 }, @{ Gpus = 0, 0 }, @{ Gpus = 0, 0 }, @{ Gpus = 0, 0, 0, 0 }; Read-Fleet $emulator } }
            @{ Reason = 'SampleStale'; With = @{ NoSample = $true }; Do = { Read-Fleet $emulator; $emulator.Advance('00:03:30') } }
            @{ Reason = 'WarmingUp'; Do = { Read-Fleet $emulator 4 } }
            @{ Reason = 'WindowNotCovered'; Do = { Read-Fleet $emulator 1; $emulator.Advance('01:00:00'); Read-Fleet $emulator 4 } }
            @{ Reason = 'UnitUnclear'; Do = { Set-Series $emulator inst_0 0.97; Read-Fleet $emulator } }
            @{ Reason = 'GpuBusy'; With = @{ UnitScale = 'Fraction' }; Do = { Set-Series $emulator inst_0 0.9; Read-Fleet $emulator } }
            @{ Reason = 'AllBelowThreshold'; With = @{ UnitScale = 'Percent' }; Do = { Set-Series $emulator inst_0 0.9; Read-Fleet $emulator } }
            @{ Reason = 'GapTooLong'; Do = { Read-Fleet $emulator 4; $emulator.Advance('00:03:30'); Read-Fleet $emulator 3 } }
            @{ Reason = 'GapTooLong'; Do = { Set-Series $emulator inst_0 0, 0, 0, $null, 'missing', 0; Read-Fleet $emulator } }
            @{ Reason = 'TooFewSamples'; With = @{ MinSamples = 30 }; Do = { Read-Fleet $emulator } }
            @{ Reason = 'MemoryHeld'; Do = { Set-Series $emulator inst_0 @{ GpuUtilization = 0; MemoryUsage = 50 }; Read-Fleet $emulator } }
            @{ Reason = 'AllBelowThreshold'; With = @{ IgnoreMemory = $true }; Do = { Set-Series $emulator inst_0 @{ GpuUtilization = 0; MemoryUsage = 90 }; Read-Fleet $emulator } }
            @{ Reason = 'AllBelowThreshold'; With = @{ GpuBelow = 20 }; Do = { Set-Series $emulator inst_0 15; Read-Fleet $emulator } }
        ) {
            $emulator = Start-IdleEmulator 1
            if ($Fresh) { Stop-PREmulator; $emulator = Start-PREmulator -Instances 0 -RequestsPerMinute 0; $emulator | Connect-PulseRun }
            & $Do
            $parameters = $Rule + @{}
            if ($With) { foreach ($name in $With.Keys) { $parameters[$name] = $With[$name] } }
            $verdict = Get-PRIdleInstance @parameters -All
            $verdict.Reason | Should -Be $Reason
            $verdict.Verdict | Should -Be $(switch ($Reason) { 'AllBelowThreshold' { 'Idle' } 'GpuBusy' { 'Active' } default { 'Unknown' } })
        }

        It 'ClockWentBack' {
            # A process with the real time runs after one whose clock was two hours ahead.
            $emulator = Start-IdleEmulator 1
            Read-Fleet $emulator
            $emulator.Advance('02:00:00')
            Read-Fleet $emulator
            $child = Invoke-Child "Get-PRIdleInstance $(Format-Rule) -All | ForEach-Object { [string] `$_.Reason }" -Environment @{
                PULSERUN_API_KEY = $emulator.ApiKey; PULSERUN_BASE_URI = "$($emulator.BaseUri)"
            }
            $child.Lines | Should -Be 'ClockWentBack'
        }
    }

    It 'takes instances from the pipeline and sends one reading per instance, without a list' {
        $emulator = Start-IdleEmulator 4
        Read-Fleet $emulator
        $some = Get-PRInstance -Id inst_1, inst_3
        $emulator.ClearRequests()
        ($some | Get-PRIdleInstance @Rule).Id | Should -Be 'inst_1', 'inst_3'
        Get-Sent $emulator | Sort-Object | Should -Be 'GET /v1/instances/inst_1/metrics', 'GET /v1/instances/inst_3/metrics'
    }

    It 'takes ids and sends one list and one reading per id; an unknown id is an error and the others are processed' {
        $emulator = Start-IdleEmulator 4
        Read-Fleet $emulator
        $found = 'inst_3', 'inst_none', 'inst_1' | Get-PRIdleInstance @Rule -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.Id | Should -Be 'inst_1', 'inst_3'
        $failed | ForEach-Object { Get-ErrorId $_ } | Should -Be 'InstanceNotFound'
        $failed[0].TargetObject | Should -Be 'inst_none'
        $emulator.Requests | Should -HaveCount 3
    }

    It 'takes rows of a CSV file' {
        $emulator = Start-IdleEmulator 2
        Read-Fleet $emulator
        ("Id,Note", "inst_1,x" | ConvertFrom-Csv | Get-PRIdleInstance @Rule).Id | Should -Be 'inst_1'
    }

    It 'does nothing for an empty pipeline, and rejects an empty id' {
        $emulator = Start-IdleEmulator 2
        @() | Get-PRIdleInstance @Rule | Should -BeNullOrEmpty
        Get-PRIdleInstance -Id '' -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        Get-ErrorId $failed[0] | Should -Be 'InvalidRequest'
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'reads instances of several accounts, each with its own connection and clock' {
        $one = Start-IdleEmulator 1
        Read-Fleet $one
        $here = Get-PRInstance
        $two = Start-IdleEmulator 2
        $two.Advance('3.00:00:00')
        Read-Fleet $two
        $there = Get-PRInstance
        $one.ClearRequests(); $two.ClearRequests()
        (@($here) + $there | Get-PRIdleInstance @Rule).Id | Should -Be 'inst_0', 'inst_0', 'inst_1'
        $one.Requests.Count, $two.Requests.Count | Should -Be 1, 2
        $here | Get-PRIdleInstance @Rule -Context (Get-PRContext) -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        Get-ErrorId $failed[0] | Should -Be 'ContextMismatch'
    }

    It 'can be piped to Stop-PRInstance, which stops the idle instances with their own connection' {
        $emulator = Start-IdleEmulator 4 -Workloads @{ 1 = 'busy'; 2 = 'silent' }
        Read-Fleet $emulator
        (Get-PRIdleInstance @Rule | Stop-PRInstance -Confirm:$false).Id | Should -Be 'inst_0', 'inst_3'
        Get-Running $emulator | Should -Be 'inst_1', 'inst_2'
        # 1 list, 4 readings, 2 stops.
        $emulator.Requests | Should -HaveCount 7
    }

    It 'rejects a rule that proves nothing: <Name>' -ForEach @(
        @{ Name = 'For'; With = @{ For = '00:00:00.5' } }
        @{ Name = 'MinSamples'; With = @{ For = '00:10:00'; MinSamples = 0 } }
        @{ Name = 'MaxGap'; With = @{ For = '00:10:00'; MaxGap = '00:00:00' } }
        @{ Name = 'GpuBelow'; With = @{ For = '00:10:00'; GpuBelow = 0 } }
    ) {
        $emulator = Start-IdleEmulator 1
        { Get-PRIdleInstance @With } | Should -Throw -ErrorId 'InvalidRequest*'
        $emulator.Requests | Should -BeNullOrEmpty
    }

    It 'returns Unknown for every instance, with one warning, when the store is unavailable' {
        $emulator = Start-IdleEmulator 3
        Read-Fleet $emulator
        $was = $env:PULSERUN_DATA_DIR
        try {
            $env:PULSERUN_DATA_DIR = New-Item (Join-Path $TestDrive 'a file')
            $verdicts = Get-PRIdleInstance @Rule -All -WarningAction SilentlyContinue -WarningVariable warnings
        }
        finally { $env:PULSERUN_DATA_DIR = $was }
        $verdicts.Verdict | Select-Object -Unique | Should -Be 'Unknown'
        $warnings | Should -HaveCount 1
        # The earlier history is still used afterwards.
        Get-PRIdleInstance @Rule | Should -HaveCount 3
    }
}
