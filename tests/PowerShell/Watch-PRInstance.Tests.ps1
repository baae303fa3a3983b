# Watch-PRInstance in processes of its own. Everything else is in tests/PulseRun.PowerShell.Tests/Cmdlets/WatchInstanceTests.cs.
BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Idle.ps1
}

Describe 'Watch-PRInstance' {
    BeforeEach {
        $emulator = Start-IdleEmulator -Workloads @{ 0 = 'busy' }
        $emulator.ClearRequests()
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

<<<<<<< HEAD
=======
    It 'writes a line for the fleet and one per instance, and ends after -Refreshes' {
        $lines = @(Watch-PRInstance -Refreshes 1)
        $lines | Should -HaveCount 7
        $lines[0] | Should -Match '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ fleet: 6 instances, 6 billed \$21\.00/h, balance 1000000\.00 USD, runway \S+$'
        $lines[1] | Should -Match '^\S+Z inst_5 running rtx_4090 \$6\.00/h gpu=\d+(\.\d)?% mem=\S+% Unknown \w+$'
        $lines[6] | Should -Match ' inst_0 running h100_80gb \$1\.00/h gpu=\d\d\S*% mem=\S+% Active GpuBusy$'
    }

    It 'sends one list per refresh, one balance, and one reading per running instance' {
        $null = $emulator.SetStatus('inst_3', 'stopped')
        $null = Watch-PRInstance -Refreshes 1
        Get-Sent $emulator | Where-Object { $_ -notlike '*/metrics' } | Should -Be 'GET /v1/instances', 'GET /v1/billing/balance'
        Get-SentCount $emulator 'GET */metrics' | Should -Be 5
        Get-SentCount $emulator '*inst_3*' | Should -Be 0
    }

    It 'stays within its request budget, and reads the instances that it has not read' {
        # With 2 requests per minute there is one list and one other request, which is the balance.
        $null = Watch-PRInstance -Refreshes 1 -RequestBudget 2
        Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/billing/balance'
        $emulator.ClearRequests()
        # At most half of the requests are lists. The other 5 are the balance and 4 readings.
        $first = Watch-PRInstance -Refreshes 1 -RequestBudget 10 -IntervalSec 10 -PassThru
        @($first | Where-Object SampledAt) | Should -HaveCount 4
        $unread = @($first | Where-Object { -not $_.SampledAt })
        $emulator.Advance('00:00:10')
        $emulator.ClearRequests()
        $second = Watch-PRInstance -Refreshes 1 -RequestBudget 10 -IntervalSec 10 -PassThru
        @($second | Where-Object SampledAt) | Should -HaveCount 6
        foreach ($one in $unread) { Get-SentCount $emulator "GET */$($one.Id)/metrics" | Should -Be 1 }
        # An instance that was seen at work 10 seconds ago is not read again, so not all requests are used.
        $emulator.Requests.Count | Should -BeIn (4..6)
    }

    It 'uses three quarters of the limit of the connection, and leaves the rest to other commands' {
        $emulator | Connect-PulseRun -RequestsPerMinute 12
        $emulator.ClearRequests()
        # 5 of the 9 requests of a minute are lists.
        $null = Watch-PRInstance -Refreshes 1
        $emulator.Requests.Count | Should -Be 5
    }

    It 'refreshes repeatedly at the interval' {
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        $objects = Watch-PRInstance -Refreshes 3 -IntervalSec 1 -RequestBudget 1000 -PassThru
        $clock.Elapsed.TotalSeconds | Should -BeGreaterOrEqual 2
        $objects | Should -HaveCount 18
        @($objects.ListedAt | Sort-Object -Unique) | Should -HaveCount 3
        Get-SentCount $emulator 'GET /v1/instances' | Should -Be 3
        Get-SentCount $emulator 'GET /v1/billing/balance' | Should -Be 1
        Get-SentCount $emulator 'GET */metrics' | Should -Be 18
    }

    It 'returns sorted objects that can be piped to other cmdlets' {
        Read-Fleet $emulator -Times 8 -Apart '00:02:00'
        $objects = Watch-PRInstance -PassThru -Refreshes 1 -For $Rule.For -MinSamples $Rule.MinSamples -MaxGap $Rule.MaxGap -Sort Verdict
        $objects[0] | Should -BeOfType PulseRun.WatchedInstance
        $objects.Id | Should -Be 'inst_5', 'inst_4', 'inst_3', 'inst_2', 'inst_1', 'inst_0'
        $objects.Verdict | Should -Be @('Idle', 'Idle', 'Idle', 'Idle', 'Idle', 'Active')
        $objects[5].GpuUtilization | Should -BeGreaterThan 50
        $objects[5].SampledAt.Offset | Should -Be ([timespan]::Zero)
        $objects | Where-Object Verdict -EQ Idle | Select-Object -First 2 | Stop-PRInstance -Confirm:$false | ForEach-Object Status | Should -Be 'stopped', 'stopped'
    }

    It 'shows the idle instances and their cost' {
        Read-Fleet $emulator -Times 8 -Apart '00:02:00'
        @(Watch-PRInstance -Refreshes 1 -For $Rule.For -MinSamples $Rule.MinSamples -MaxGap $Rule.MaxGap)[0] | Should -BeLike '*, 5 idle $20.00/h'
    }

    It 'records readings and states, so that other cmdlets use them' {
        $null = Watch-PRInstance -Refreshes 1
        @(Get-PRInstanceMetrics -Id inst_0 -History) | Should -HaveCount 1
        $emulator.ClearRequests()
        (Get-PRIdleInstance -NoSample -All | Where-Object Id -EQ inst_0).Verdict | Should -Be 'Active'
    }

    It 'shows no balance for a key without that permission, and does not request it again' {
        $emulator.AllowBilling = $false
        $outcome = Get-Outcome { Watch-PRInstance -Refreshes 2 -IntervalSec 1 -RequestBudget 1000 }
        $outcome.Errors | Should -HaveCount 0
        $outcome.Output[0] | Should -Not -Match 'balance|runway'
        Get-SentCount $emulator 'GET /v1/billing/balance' | Should -Be 1
    }

    It 'continues after a failed refresh' {
        Add-Fault $emulator NotJson @{ Path = '/v1/instances'; Times = 1 }
        $outcome = Get-Outcome { Watch-PRInstance -Refreshes 2 -IntervalSec 1 -RequestBudget 1000 -PassThru }
        $outcome.ErrorIds | Should -Be 'MalformedResponse'
        $outcome.Output | Should -HaveCount 6
    }

    It 'continues after a failed reading' {
        Set-Series $emulator inst_2 'missing'
        $objects = Watch-PRInstance -Refreshes 1 -PassThru
        $two = $objects | Where-Object Id -EQ inst_2
        $two.GpuUtilization | Should -BeNullOrEmpty
        $two.Reason | Should -Be 'MetricsUnavailable'
        @($objects | Where-Object SampledAt) | Should -HaveCount 5
    }

    It 'ends when the key is rejected' {
        Connect-PulseRun -ApiKey (ConvertTo-Key 'pr_live_wrongwrongwrongwrong') -BaseUri $emulator.BaseUri
        $outcome = Get-Outcome { Watch-PRInstance -Refreshes 3 }
        $outcome.EndedId | Should -Be 'Unauthorized'
    }

    It 'rejects <Name> = <Value>' -ForEach @(
        @{ Name = 'For'; Value = [timespan]::Zero }, @{ Name = 'MinSamples'; Value = 0 }, @{ Name = 'GpuBelow'; Value = 0 }
    ) {
        $parameters = @{ $Name = $Value }
        (Get-Outcome { Watch-PRInstance -Refreshes 1 @parameters }).EndedId | Should -Be 'InvalidRequest'
        Get-Sent $emulator | Should -BeNullOrEmpty
    }

    It 'stops at once: <_>' -ForEach 'while it waits', 'while a request hangs' {
        if ($_ -like '*hangs') { Add-Fault $emulator Hang @{ Path = '/v1/instances' } }
        $pipeline = Start-Pipeline $emulator 'Watch-PRInstance -IntervalSec 3600'
        try {
            Wait-Until { $emulator.Requests.Count -ge 1 }
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $pipeline.Shell.Stop()
            $clock.Elapsed.TotalMilliseconds | Should -BeLessThan 1500
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'ends when a downstream command stops the pipeline' {
        (Watch-PRInstance -IntervalSec 3600 | Select-Object -First 3) | Should -HaveCount 3
    }

>>>>>>> refs/heads/order
    It 'writes plain lines without escape sequences when its output is redirected' {
        $child = Invoke-Child -Environment (Get-ConnectionVariables $emulator) -Script 'Watch-PRInstance -Refreshes 1'
        $child.Errors | Should -BeNullOrEmpty
        $child.Lines | Should -HaveCount 7
        $child.Output | Should -Not -Match '\e'
    }

    It 'loads the drawing library at its first use, hidden from the session' {
        $child = Invoke-Child -Environment (Get-ConnectionVariables $emulator) -Script @'
            $look = { $l = [AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetName().Name }; $l -match 'Spectre|OxyPlot|PulseRun.Views' }
            $null = Get-PRInstance; "before: $(& $look)"
            $null = Watch-PRInstance -Refreshes 1
            "default: $([System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { $_.GetName().Name } | Where-Object { $_ -match 'Spectre|OxyPlot|PulseRun.Views' })"
'@
        $child.Lines | Should -Be 'before: ', 'default: ' -Because "the process wrote to its error stream: $($child.Errors)"
    }
}
