BeforeDiscovery {
    . $PSScriptRoot/Ssh.ps1
    $noSshd = -not (Test-Sshd)
    if ($noSshd) { Write-Warning 'The OpenSSH server is not installed, so the tests with a real sshd are skipped (.ci/run installs it).' }
}

BeforeAll {
    . $PSScriptRoot/Common.ps1
    . $PSScriptRoot/Ssh.ps1
}

Describe 'The steps by ssh before a stop, on a real sshd' -Skip:$noSshd {
    BeforeAll {
        # The sshd runs every command with these programs first on its PATH. nvidia-smi and who write what the tests set.
        $fake = New-Fake "$TestDrive/fake" nvidia-smi "case ""`$1"" in *query-gpu*) cat '$TestDrive/gpus' ;; *) cat '$TestDrive/processes' ;; esac"
        $null = New-Fake $fake who "cat '$TestDrive/logins'"
        $null = New-Fake $fake cat "[ ""`$1"" = /proc/loadavg ] && set -- '$TestDrive/load'; exec /bin/cat ""`$@"""
        $sshd = Start-TestSshd "$TestDrive/sshd" -ForcedCommand "PATH=${fake}:`$PATH; export PATH; eval \""`$SSH_ORIGINAL_COMMAND\"""

        # Set-Load: sets what the instance reports.
        function Set-Load([string] $Gpus = '0, 0, 100, 81559', [string] $Processes = '', [string] $Logins = '', [string] $Load = '0.00 0.00 0.00 1/100 42') {
            Set-Content "$TestDrive/gpus" $Gpus
            Set-Content "$TestDrive/processes" $Processes -NoNewline
            Set-Content "$TestDrive/logins" $Logins -NoNewline
            Set-Content "$TestDrive/load" $Load
        }

        # Invoke-Cleanup: runs a cleanup with a rule that seven readings at intervals of two minutes satisfy.
        function Invoke-Cleanup([hashtable] $With = @{}) {
            if (-not $With.IdentityFile) { $With = $With + @{ IdentityFile = $sshd.Key } }
            Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -Confirm:$false @With
        }

        # Get-StopCount: returns the number of stops that the emulator received.
        function Get-StopCount { Get-SentCount $emulator '*/stop' }
    }
    AfterAll { Stop-TestSshd $sshd }
    BeforeEach {
        $store = $env:PULSERUN_DATA_DIR
        $env:PULSERUN_DATA_DIR = "$TestDrive/store-$([guid]::NewGuid())"
        $emulator = Start-TestEmulator -Instances 0
        $emulator.SetBalance(1000000)
        $instance = $emulator.AddInstance([PulseRun.Instance] @{
                Id = 'inst_a'; Gpu = 'h100_80gb'; Status = 'running'; CostPerHour = 2; SshCommand = $sshd.Command
                StartedAt = $emulator.UtcNow.AddDays(-10); CreatedAt = $emulator.UtcNow.AddDays(-10)
            })
        $emulator.SetWorkload('inst_a', 'idle')
        foreach ($i in 1..7) {
            if ($i -gt 1) { $emulator.Advance([timespan]'00:02:00') }
            $null = Get-PRIdleInstance
        }
        $emulator.Advance([timespan]'00:00:00.1')
        $emulator.ClearRequests()
        Set-Load
    }
    AfterEach {
        Stop-PREmulator
        Disconnect-PulseRun
        $env:PULSERUN_DATA_DIR = $store
    }

    It 'stops an instance whose probe finds it quiet, for no more requests' {
        $done = Invoke-Cleanup @{ Probe = 'Ssh' }
        "$($done.Action) $($done.Reason)" | Should -Be 'Stopped Idle'
        Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/instances/inst_a/metrics', 'GET /v1/instances/inst_a/metrics', 'POST /v1/instances/inst_a/stop'
    }

    It 'stops nothing when the probe finds <Name>' -ForEach @(
        @{ Name = 'a busy GPU'; Load = @{ Gpus = "0, 0, 100, 81559`n1, 97, 100, 81559" }; Reason = 'ProbeBusy'; Verdict = 'Active' }
        @{ Name = 'busy CPUs'; Load = @{ Load = '9999.0 0 0 1/2 3' }; Reason = 'ProbeBusy'; Verdict = 'Active' }
        @{ Name = 'a login'; Load = @{ Logins = 'root pts/0 2026-03-01 12:00 (10.0.0.1)' }; Reason = 'SomebodyLoggedIn'; Verdict = 'Active' }
        @{ Name = 'a GPU that does not say'; Load = @{ Gpus = '0, [N/A], 100, 81559' }; Reason = 'ProbeFailed'; Verdict = 'Unknown' }
        @{ Name = 'no driver'; Load = @{ Gpus = 'NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver.' }; Reason = 'ProbeFailed'; Verdict = 'Unknown' }
        @{ Name = 'silence'; Load = @{ Gpus = '' }; Reason = 'ProbeFailed'; Verdict = 'Unknown' }
    ) {
        Set-Load @Load
        $done = Invoke-Cleanup @{ Probe = 'Ssh' }
        "$($done.Action) $($done.Reason) $($done.Verdict) $($done.VerdictReason)" | Should -Be "Skipped ProbeObjected $Verdict $Reason"
        $found = Get-PRIdleInstance 00:10 -MinSamples 5 -MaxGap 00:03 -All -Probe Ssh -IdentityFile $sshd.Key
        # The reading of a probe that found work is in the history, so the second verdict needs no probe.
        $found.Verdict | Should -Be $Verdict
        Get-StopCount | Should -Be 0
    }

    It 'stops nothing when there is no key login' {
        $done = Invoke-Cleanup @{ Probe = 'Ssh'; IdentityFile = (New-SshKey "$TestDrive/other-$([guid]::NewGuid())") }
        "$($done.Action) $($done.Reason) $($done.VerdictReason)" | Should -Be 'Skipped ProbeObjected ProbeFailed'
        Get-StopCount | Should -Be 0
    }

    It 'stops nothing when nvidia-smi hangs, and leaves no client behind' {
        # The pipe has no writer, so that reading it waits for ever.
        Remove-Item "$TestDrive/gpus"
        & mkfifo "$TestDrive/gpus"
        try {
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $done = Invoke-Cleanup @{ Probe = 'Ssh' }
            "$($done.Action) $($done.VerdictReason)" | Should -Be 'Skipped ProbeFailed'
            $clock.Elapsed.TotalSeconds | Should -BeGreaterThan 25
            # The pipe would be waited for without end.
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 110
            Get-StopCount | Should -Be 0
            Wait-Until { -not (Get-SshChildren) }
        }
        finally {
            # Ends the reader on the instance.
            [System.IO.File]::WriteAllText("$TestDrive/gpus", "x")
            Remove-Item "$TestDrive/gpus"
        }
    }

    It 'runs the command before the stop, and before the second look' {
        $mark = "$TestDrive/mark-$([guid]::NewGuid())"
        $done = Invoke-Cleanup @{ BeforeStop = "echo saved > '$mark'; date >> '$mark'" }
        "$($done.Action) $($done.Reason)" | Should -Be 'Stopped Idle'
        (Get-Content $mark)[0] | Should -Be 'saved'
        $emulator.Requests[-1].Path | Should -BeLike '*/stop'
    }

    It 'does not stop when the command <Name>' -ForEach @(
        @{ Name = 'fails'; With = @{ BeforeStop = 'echo no room >&2; exit 3' }; Like = "*ended with exit code 3: no room" }
        @{ Name = 'takes too long'; With = @{ BeforeStop = 'exec sleep 60'; BeforeStopTimeoutSec = 2 }; Like = '*was not done within 2 s' }
        @{ Name = 'cannot be run'; With = @{ BeforeStop = 'true'; IdentityFile = '/dev/null' }; Like = '*was not run: *' }
    ) {
        $done = Get-Outcome { Invoke-Cleanup $With }
        $done.ErrorIds | Should -Be 'HookFailed'
        $done.Output[0].Action, $done.Output[0].Reason | Should -Be 'Skipped', 'HookFailed'
        $done.Output[0].Error | Should -BeLike $Like
        Get-StopCount | Should -Be 0
        # The next run may try again at once.
        $again = Get-Outcome { Invoke-Cleanup ($With + @{ OnHookFailure = 'Stop' }) }
        $again.Output[0].Action | Should -Be 'Stopped'
        $again.Warnings[0].Message | Should -BeLike '*-OnHookFailure*'
    }

    It 'does not stop an instance that the command made busy' {
        $control = $emulator
        $mark = "$TestDrive/busy-$([guid]::NewGuid())"
        $pipeline = [powershell]::Create().AddScript('param($mark, $emulator) while (-not (Test-Path $mark)) { Start-Sleep -Milliseconds 10 }; $emulator.SetWorkload("inst_a", "busy"); Set-Content "$mark.done" x').AddArgument($mark).AddArgument($control)
        $running = $pipeline.BeginInvoke()
        $done = Invoke-Cleanup @{ BeforeStop = "touch '$mark'; while ! test -e '$mark.done'; do sleep 0.05; done" }
        $null = $pipeline.EndInvoke($running)
        "$($done.Action) $($done.Reason)" | Should -Be 'Skipped NoLongerIdle'
        Get-StopCount | Should -Be 0
    }

    It 'runs the command in one of two runs at the same time' {
        $mark = "$TestDrive/once-$([guid]::NewGuid())"
        $script = "Invoke-PRCleanup -IdleFor 00:10 -MinSamples 5 -MaxGap 00:03 -Jitter 0 -Confirm:`$false -IdentityFile '$($sshd.Key)' -BeforeStop `"echo x >> '$mark'; while ! test -e '$mark.go'; do sleep 0.05; done`""
        # The command of one run waits until the other has ended, or waits for its turn.
        $pipelines = 1..2 | ForEach-Object { Start-Pipeline $emulator $script }
        Wait-Until { (Test-Path $mark) -and @($pipelines | Where-Object { $_.Running.IsCompleted }).Count -eq 1 }
        $null = New-Item "$mark.go"
        $results = $pipelines | ForEach-Object { $_.Shell.EndInvoke($_.Running); $_.Shell.Dispose() } | ForEach-Object { "$($_.Action) $($_.Reason)" }
        @(Get-Content $mark).Count | Should -Be 1
        Get-StopCount | Should -Be 1
        # The other run came too late, or found it in progress.
        @($results | Where-Object { $_ -eq 'Stopped Idle' }).Count | Should -Be 1
        @($results | Where-Object { $_ -in 'Skipped InProgress', 'Skipped AlreadyStopped' }).Count | Should -Be 1
    }

    It 'reads the metrics by ssh, records them with their source, and judges by them' {
        Set-Load -Gpus "0, 42, 40000, 80000`n1, 7, 100, 80000" -Processes "4711`n" -Load '0.5 0 0 1/2 3'
        $metrics = Get-PRInstance -Id inst_a | Get-PRInstanceMetrics -Via Ssh -IdentityFile $sshd.Key
        $metrics.Source, $metrics.GpuUtilization, $metrics.MemoryUsage, $metrics.Gpus.Count | Should -Be 'Ssh', 42, 50, 2
        $metrics.AdditionalProperties.gpu_processes, $metrics.AdditionalProperties.logins | Should -Be 1, 0
        Get-Sent $emulator | Should -Be 'GET /v1/instances/inst_a'
        $recorded = Get-PRInstanceMetrics -History | Select-Object -Last 1
        "$($recorded.Source) $($recorded.Gpus.ToString())" | Should -Be 'Ssh 42/50 7/0.125'
        (Get-PRIdleInstance 00:10 -MinSamples 5 -MaxGap 00:03 -All -NoSample).Verdict | Should -Be 'Active'
    }

    It 'answers by ssh where the API gives no metrics' {
        Add-Fault $emulator MetricsMissing
        (Get-Outcome { Get-PRInstanceMetrics -Id inst_a }).ErrorIds | Should -Not -BeNullOrEmpty
        (Get-PRInstance -Id inst_a | Get-PRInstanceMetrics -Via Ssh -IdentityFile $sshd.Key).GpuUtilization | Should -Be 0
    }

    It 'stops an instance of which the API has no metrics by readings over ssh' {
        Add-Fault $emulator MetricsMissing
        $done = foreach ($i in 1..8) {
            Invoke-Cleanup @{ Probe = 'Ssh' }
            $emulator.Advance([timespan]'00:02:00')
        }
        # The readings that the API gave before are part of the window.
        @($done.Action)[0] | Should -Be 'Stopped'
        Get-PRInstanceMetrics -History | Select-Object -Last 2 | ForEach-Object Source | Should -Be 'Ssh', 'Ssh'
    }

    It 'stops nothing without metrics when nvidia-smi finds a load in the second look' {
        Add-Fault $emulator MetricsMissing
        # The first two logins, the reading and the probe, find nothing.
        $null = New-Fake $fake nvidia-smi "case ""`$1"" in *query-gpu*) echo x >> '$TestDrive/count'; [ `$(wc -l < '$TestDrive/count') -ge 3 ] && echo '0, 97, 100, 81559' || echo '0, 0, 100, 81559' ;; *) cat '$TestDrive/processes' ;; esac"
        try {
            $done = Invoke-Cleanup @{ Probe = 'Ssh' }
            "$($done.Action) $($done.Reason)" | Should -Be 'Skipped NoLongerIdle'
            @(Get-Content "$TestDrive/count").Count | Should -Be 3
            Get-StopCount | Should -Be 0
        }
        finally { $null = New-Fake $fake nvidia-smi "case ""`$1"" in *query-gpu*) cat '$TestDrive/gpus' ;; *) cat '$TestDrive/processes' ;; esac" }
    }

    It 'reports an instance that gives no reading as one error' {
        Set-Load -Gpus 'No devices were found'
        $done = Get-Outcome { Get-PRInstance -Id inst_a | Get-PRInstanceMetrics -Via Ssh -IdentityFile $sshd.Key }
        $done.ErrorIds | Should -Be 'SshFailed'
        $done.Output | Should -BeNullOrEmpty
    }
}

Describe 'Warnings of several processes' {
    BeforeAll {
        # Start-Receiver: starts a receiver of notifications that answers 200. Events has the bodies.
        function Start-Receiver {
            $port = Get-LocalPort
            $http = [System.Net.HttpListener]::new()
            $http.Prefixes.Add("http://127.0.0.1:$port/")
            $http.Start()
            $events = [System.Collections.Concurrent.ConcurrentQueue[object]]::new()
            $shell = [powershell]::Create().AddScript({
                    param($http, $events)
                    while ($http.IsListening) {
                        $call = $http.GetContext()
                        $body = [System.IO.StreamReader]::new($call.Request.InputStream).ReadToEnd() | ConvertFrom-Json
                        $events.Enqueue(($body | Add-Member Key $call.Request.Headers['Idempotency-Key'] -PassThru))
                        $call.Response.StatusCode = 200
                        $call.Response.Close()
                    }
                }).AddArgument($http).AddArgument($events)
            [pscustomobject]@{ Http = $http; Events = $events; Shell = $shell; Running = $shell.BeginInvoke(); Address = "http://127.0.0.1:$port/hook" }
        }

        # Start-Loop: starts a process that runs a cleanup again and again, as a scheduler does, in real time.
        function Start-Loop([string] $Address) {
            Start-Child @'
while ($true) {
    Invoke-PRCleanup -IdleFor 00:00:15 -WarnAfter 00:00:05 -MinSamples 3 -MaxGap 00:00:10 -Jitter 0 -Confirm:$false -ErrorAction SilentlyContinue | Out-Null
    Start-Sleep -Milliseconds 300
}
'@ ((Get-ConnectionVariables $emulator) + @{ PULSERUN_NOTIFY_URI = $Address })
        }

        # Stop-Loop: ends the process as kill -9 does.
        function Stop-Loop($Child) {
            $Child.Process.Kill($true)
            $Child.Process.WaitForExit()
        }
    }

    It 'sends one warning before one stop, also after a process was killed while it sent' {
        $store = $env:PULSERUN_DATA_DIR
        $env:PULSERUN_DATA_DIR = "$TestDrive/store-processes"
        $children = @()
        $silent = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, 0)
        $silent.Start()
        $receiver = Start-Receiver
        try {
            $emulator = Start-TestEmulator -Instances 0
            $emulator.SetBalance(1000000)
            $null = $emulator.AddInstance([PulseRun.Instance] @{
                    Id = 'inst_a'; Gpu = 'h100_80gb'; Status = 'running'; CostPerHour = 2; StartedAt = $emulator.UtcNow.AddDays(-10); CreatedAt = $emulator.UtcNow.AddDays(-10)
                })
            $emulator.SetWorkload('inst_a', 'idle')
            $killed = Start-Loop "http://127.0.0.1:$($silent.LocalEndpoint.Port)/hook"
            $children += $killed
            $arriving = $silent.AcceptTcpClientAsync()
            if (-not $arriving.Wait(300000)) { throw 'The first process sent no warning within 300 s.' }
            Stop-Loop $killed
            Get-SentCount $emulator '*/stop' | Should -Be 0

            $children += Start-Loop $receiver.Address
            $children += Start-Loop $receiver.Address
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            while (@($receiver.Events | Where-Object event -EQ stopped).Count -eq 0) {
                if ($clock.Elapsed.TotalSeconds -gt 300) { throw "There was no stop within 300 s. Events: $($receiver.Events.event)" }
                Start-Sleep -Milliseconds 50
            }
            $children | Where-Object { -not $_.Process.HasExited } | ForEach-Object { Stop-Loop $_ }
            $events = @($receiver.Events)
            $events.event | Should -Be 'warning', 'stopped'
            ([datetime] $events[1].time - [datetime] $events[0].time).TotalSeconds | Should -BeGreaterOrEqual 9.9
            Get-SentCount $emulator '*/stop' | Should -Be 1
        }
        finally {
            $children | Where-Object { -not $_.Process.HasExited } | ForEach-Object { Stop-Loop $_ }
            $silent.Stop()
            $receiver.Http.Stop()
            $receiver.Shell.Dispose()
            Stop-PREmulator
            Disconnect-PulseRun
            $env:PULSERUN_DATA_DIR = $store
        }
    }
}
