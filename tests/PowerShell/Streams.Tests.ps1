BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'What a person sees meanwhile' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $ids = $emulator.Instances.Id
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'tells each request with -Verbose: method, path, status, duration, attempt' {
        $lines = (Get-Outcome { Stop-PRInstance -Id $ids[0] -Confirm:$false -Verbose }).Verbose | ForEach-Object { "$_" }
        $lines | Where-Object { $_ -match "^POST /v1/instances/$($ids[0])/stop: 200 after \d+ ms \(attempt 1\)" } | Should -HaveCount 1
    }

    It 'tells why it tries again, and what came of it' {
        Add-Fault $emulator ServerError @{ Times = 1; Path = '*/metrics' }
        $text = (Get-Outcome { Get-PRInstanceMetrics -Id $ids[0] -Verbose }).Verbose -join "`n"
        $text | Should -Match '/metrics: 500 after .*\(attempt 1\)'
        $text | Should -Match 'Again in [\d.]+ s \(attempt 2 of 4\)'
        $text | Should -Match '/metrics: 200 after .*\(attempt 2\)'
    }

    It 'tells why it waits' {
        Add-Fault $emulator TooManyRequests @{ Times = 1; Path = '*/metrics' }
        (Get-Outcome { Get-PRInstanceMetrics -Id $ids[0] -Verbose }).Verbose -join "`n" | Should -Match "$($ids[0]) waits: rate limit, \d+ s"
    }

    It 'shows headers and bodies with -Debug only' {
        $of = { param($done) @($done.All | Where-Object { $_ -is [System.Management.Automation.DebugRecord] }) }
        $debug = (& $of (Get-Outcome { Get-PRInstance -Id $ids[0] -Debug })) -join "`n"
        foreach ($part in "> GET /v1/instances/$($ids[0])", 'User-Agent: PulseRun', '< 200', 'Content-Type: application/json', '"gpu_name"') { $debug | Should -BeLike "*$part*" }
        & $of (Get-Outcome { Get-PRInstance -Id $ids[0] -Verbose }) | Should -BeNullOrEmpty
    }

    It 'is silent by default' {
        $done = Get-Outcome { Get-PRInstance; Stop-PRInstance -Id $ids[0] -Confirm:$false; New-PRInstance rtx_4090 pytorch -Confirm:$false }
        $done.All | Where-Object { $_ -isnot [PulseRun.Instance] } | Should -BeNullOrEmpty
    }

    It 'shows how far long work has got, and the failures' {
        # Two at once, one after the other: what is shown between the pairs is 2 of 5, and 4 of 5.
        Add-Fault $emulator Delay @{ Path = '*/stop'; Duration = [timespan]::FromMilliseconds(1300) }
        $pipeline = Start-Pipeline $emulator "'$($ids[0, 4, 1, 2, 5] -join "', '")' | Stop-PRInstance -Confirm:`$false -ThrottleLimit 2"
        try {
            $pipeline.Running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            $progress = @($pipeline.Shell.Streams.Progress | Where-Object Activity -EQ 'Stop-PRInstance')
            $progress.StatusDescription | Should -Contain '2/5, 1 failed'
            $progress[-1].RecordType | Should -Be 'Completed'
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'shows what it waits for' {
        Add-Fault $emulator TooManyRequests @{ Times = 1; RetryAfter = 2 }
        $pipeline = Start-Pipeline $emulator 'Get-PRInstance'
        try {
            $pipeline.Running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            "$($pipeline.Shell.Streams.Progress.StatusDescription)" | Should -Match 'rate limit, \d+ s'
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'shows no progress of quick work, nor when it is switched off' {
        $pipeline = Start-Pipeline $emulator 'Get-PRInstance'
        $pipeline.Running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
        $pipeline.Shell.Streams.Progress | Should -BeNullOrEmpty
        $pipeline.Shell.Dispose()

        Add-Fault $emulator Delay @{ Duration = [timespan]::FromMilliseconds(1500) }
        $pipeline = Start-Pipeline $emulator '$ProgressPreference = "SilentlyContinue"; Get-PRInstance'
        $pipeline.Running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
        $pipeline.Shell.Streams.Progress | Should -BeNullOrEmpty
        $pipeline.Shell.Dispose()
    }
}

Describe 'The rate limit' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'is waited out by a job larger than it: every item succeeds, few are refused' {
        # A minute of this emulator is a second.
        $emulator = Start-TestEmulator -Instances 150 -RequestsPerMinute 60 -TimeScale 60
        $running = @($emulator.Instances | Where-Object { $_.Status -eq 'running' })
        $done = Get-Outcome { $running.Id | Get-PRInstanceMetrics }
        $done.ErrorIds | Where-Object { $_ -ne 'InstanceNotFound' } | Should -BeNullOrEmpty
        $done.Output.Count + $done.Errors.Count | Should -Be $running.Count
        # 125 requests at 60 each: two pauses, the first of which can refuse all 16 workers.
        @($emulator.Requests | Where-Object Status -EQ 429).Count | Should -BeLessOrEqual (16 + 4)
    }

    It 'is shared by all runspaces' {
        $emulator = Start-TestEmulator
        Add-Fault $emulator TooManyRequests @{ Times = 1; RetryAfter = 1; Path = '*/inst_first*' }
        $pipeline = Start-Pipeline $emulator "'inst_first' | Get-PRInstanceMetrics"
        Wait-Until { $emulator.Requests.Count -eq 1 -and $emulator.Requests[0].Status -eq 429 }
        # Refused there, so it waits here too: its own request comes after the second one of the other.
        $null = Get-Outcome { Get-PRInstanceMetrics -Id inst_second }
        $pipeline.Running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
        $pipeline.Shell.Dispose()
        ($emulator.Requests[1].Time - $emulator.Requests[0].Time).TotalSeconds | Should -BeGreaterThan 0.9
    }

    It 'is kept ahead of time with -RequestsPerMinute' {
        $emulator = Start-TestEmulator -Connect @{ RequestsPerMinute = 5; MaxWaitSec = 1 }
        $done = Get-Outcome { 1..8 | ForEach-Object { "inst_$_" } | Get-PRInstanceMetrics }
        # Which of them had to wait is chance: they are sent at once.
        $done.ErrorIds | Sort-Object | Should -Be (@('InstanceNotFound') * 5 + @('RateLimited') * 3)
        $emulator.Requests.Count | Should -Be 5
    }

    It 'is not waited for longer than allowed' {
        $emulator = Start-TestEmulator -Connect @{ MaxWaitSec = 2 }
        Add-Fault $emulator TooManyRequests @{ RetryAfter = 600 }
        $done = Get-Outcome { Get-PRInstance }
        $done.ErrorIds | Should -Be 'RateLimited'
        "$($done.Errors[0])" | Should -Match '600|10 min'
        $emulator.Requests.Count | Should -Be 1
    }

    It 'tells of a long wait for the rate limit once where no progress is shown' {
        $emulator = Start-TestEmulator -Instances 2
        Add-Fault $emulator TooManyRequests @{ RetryAfter = 3; Times = 1 }
        $done = Get-Outcome { $ProgressPreference = 'SilentlyContinue'; Get-PRInstance }
        @($done.Warnings) | Should -HaveCount 1
        "$($done.Warnings)" | Should -BeLike '*rate limit*'
        $done.Output.Count | Should -Be 2
        # A short one is a part of normal work.
        Add-Fault $emulator TooManyRequests @{ RetryAfter = 1; Times = 1 }
        (Get-Outcome { $ProgressPreference = 'SilentlyContinue'; Get-PRInstance }).Warnings | Should -BeNullOrEmpty
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'counts a wait for the rate limit down in the progress line' {
        $emulator = Start-TestEmulator -Instances 2
        Add-Fault $emulator TooManyRequests @{ RetryAfter = 4; Times = 1 }
        $pipeline = Start-Pipeline $emulator 'Get-PRInstance'
        $null = $pipeline.Shell.EndInvoke($pipeline.Running)
        $seconds = @($pipeline.Shell.Streams.Progress | ForEach-Object { if ($_.StatusDescription -match 'rate limit, (\d+) s') { [int] $Matches[1] } })
        $pipeline.Shell.Dispose()
        @($seconds | Sort-Object -Unique).Count | Should -BeGreaterThan 1
        $seconds | Should -Be @($seconds | Sort-Object -Descending)
        Stop-PREmulator
        Disconnect-PulseRun
    }

    It 'says in a parallel block how to take the connection along, and it works' {
        $child = Invoke-Child -Environment @{ PULSERUN_DATA_DIR = "$TestDrive/parallel" } @"
            `$e = Start-PREmulator -Instances 3; `$e | Connect-PulseRun
            1 | ForEach-Object -Parallel { Import-Module '$ModulePath'; try { Get-PRInstance -ErrorAction Stop } catch { (`$_.FullyQualifiedErrorId -split ',')[0]; `$_.ErrorDetails.RecommendedAction } }
            `$ctx = Get-PRContext
            1 | ForEach-Object -Parallel { Import-Module '$ModulePath'; (Get-PRInstance -Context `$using:ctx).Count }
            Disconnect-PulseRun
            try { Get-PRInstance -ErrorAction Stop } catch { `$_.ErrorDetails.RecommendedAction }
"@
        $child.Lines[0] | Should -Be 'NotConnected' -Because $child.Errors
        $child.Lines[1] | Should -BeLike '*-Context $using:ctx*'
        $child.Lines[2] | Should -Be '3'
        $child.Lines[3] | Should -BeLike '*Connect-PulseRun -ApiKey*'
    }
}
