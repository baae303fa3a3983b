BeforeAll { . $PSScriptRoot/Common.ps1 }

# api.md section 5: what nobody knows about the API, and what the client does about it.
Describe 'Answers' {
    BeforeEach {
        $emulator = Start-TestEmulator -Connect @{ TimeoutSec = 3 }
        $ids = $emulator.Instances.Id
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    Context 'Lists' {
        It 'reads the envelope <_>' -ForEach 'Bare', 'Data', 'Instances' {
            Add-Fault $emulator ListEnvelope @{ Form = $_ }
            (Get-PRInstance).Id | Should -Be $ids
        }

        It 'follows pages by <_>' -ForEach 'NextCursor', 'Next' {
            Add-Fault $emulator Paging @{ Form = $_; Count = 2 }
            (Get-PRInstance).Id | Should -Be $ids
            (Get-PRInstance -Status running).Id | Should -Be ($emulator.Instances | Where-Object Status -EQ 'running').Id
        }

        It 'takes the pages of <Kind> for cut, and names what it got' -ForEach @{ Kind = 'ListCut' }, @{ Kind = 'ForeignNext' } {
            Add-Fault $emulator $Kind @{ Count = 3 }
            $done = Get-Outcome { Get-PRInstance }
            $done.Output.Id | Should -Be $ids[0..2]
            $done.ErrorIds | Should -Be 'IncompleteList'
        }

        It 'ends pages that go in circles' {
            Add-Fault $emulator CursorLoop
            (Get-Outcome { Get-PRInstance }).ErrorIds | Should -Be 'IncompleteList'
            $emulator.Requests.Count | Should -BeLessThan 15
        }

        It 'does not act on less than it was asked to without saying so' {
            Add-Fault $emulator ListCut @{ Count = 2 }
            (Get-Outcome { Get-PRInstance | Get-PRInstanceMetrics }).ErrorIds | Should -Contain 'IncompleteList'
        }

        It 'reads by id what a cut list lacks' {
            Add-Fault $emulator ListCut @{ Count = 2 }
            $done = Get-Outcome { Get-PRInstance -Id $ids[0, 1, 5] }
            $done.Output.Id | Should -Be $ids[0, 1, 5]
            $done.Errors | Should -BeNullOrEmpty
        }

        It 'filters here what the server does not' {
            Add-Fault $emulator StatusFilterIgnored
            (Get-PRInstance -Status stopped).Id | Should -Be $ids[3]
            (Get-PRInstance -Status running).Count | Should -Be 5
        }

        It 'reads a launch by id that the list does not show yet' {
            Add-Fault $emulator ListLag
            $new = New-PRInstance rtx_4090 pytorch -Confirm:$false
            (Get-PRInstance).Id | Should -Not -Contain $new.Id
            (Get-PRInstance -Id $ids[0], $new.Id).Id | Should -Be $ids[0], $new.Id
        }

        It 'reports a list that is cut midway, and never takes it for whole' {
            Add-Fault $emulator HalfAnswer
            $done = Get-Outcome { Get-PRInstance }
            $done.ErrorIds.Count | Should -Be 1
            $done.ErrorIds[0] | Should -BeIn 'IncompleteList', 'ConnectionFailed'
        }

        It 'tries a list again that was cut once' {
            Add-Fault $emulator CutBeforeAnswer @{ Times = 1 }
            (Get-PRInstance).Id | Should -Be $ids
        }

        It 'goes on with a list that comes late' {
            Add-Fault $emulator Delay @{ Duration = [timespan]::FromMilliseconds(300) }
            (Get-PRInstance).Id | Should -Be $ids
        }

        It 'refuses a list that is <Name>' -ForEach @(
            @{ Name = 'text'; Kind = 'NotJson'; With = @{} }
            @{ Name = 'an empty text'; Kind = 'NotJson'; With = @{ Text = '' } }
            @{ Name = 'a number'; Kind = 'NotJson'; With = @{ Text = '42' } }
            @{ Name = 'null'; Kind = 'NotJson'; With = @{ Text = 'null' } }
            @{ Name = 'an object without a list'; Kind = 'NotJson'; With = @{ Text = '{"ok":true}' } }
            @{ Name = 'a page'; Kind = 'NotJson'; With = @{ Text = '<html><body>Sign in</body></html>' } }
        ) {
            Add-Fault $emulator $Kind $With.Clone()
            $done = Get-Outcome { Get-PRInstance }
            $done.Output | Should -BeNullOrEmpty
            $done.ErrorIds | Should -Be 'MalformedResponse'
        }

        It 'refuses nesting without end' {
            Add-Fault $emulator NotJson @{ Text = '[' * 100000 }
            (Get-Outcome { Get-PRInstance }).ErrorIds | Should -Be 'MalformedResponse'
        }
    }

    Context 'Instances' {
        It 'keeps fields it does not know, with their types' {
            Add-Fault $emulator ExtraFields @{ Text = 'hello' }
            $more = (Get-PRInstance -Id $ids[0]).AdditionalProperties
            $more['notes'], $more['gpu_count'], $more['reserved'] | Should -Be 'hello', 2, $false
            $more['uptime_ratio'] | Should -Be 0.995
            $more.ContainsKey('owner') | Should -BeTrue
            $more['owner'] | Should -Be $null
            $more['tags'] | Should -Be 'a', 'b'
            $more['labels']['team'] | Should -Be 'vision'
        }

        It 'takes missing fields for unknown' {
            Add-Fault $emulator MissingFields @{ Names = [string[]] ('ip', 'region', 'cost_per_hour', 'spot', 'created_at', 'gpu_name', 'template') }
            $instance = Get-PRInstance -Id $ids[0]
            foreach ($name in 'Ip', 'Region', 'CostPerHour', 'Spot', 'CreatedAt', 'GpuName', 'Template') { $instance.$name | Should -Be $null -Because $name }
            $instance.Gpu | Should -Be $emulator.Instances[0].Gpu
            { $instance | Out-String } | Should -Not -Throw
        }

        It 'reads dates of form <Form>' -ForEach @{ Form = 'Z' }, @{ Form = 'Offset' }, @{ Form = 'Fraction' }, @{ Form = 'NoZone' } {
            Add-Fault $emulator DateForm @{ Form = $Form }
            $created = (Get-PRInstance -Id $ids[0]).CreatedAt
            $created.Offset | Should -Be ([timespan]::Zero)
            [math]::Abs(($created - $emulator.Instances[0].CreatedAt).TotalSeconds) | Should -BeLessThan 1
        }

        It 'shows a state nobody has heard of as it came' {
            Add-Fault $emulator UnknownStatus @{ Text = 'Hibernating-2' }
            (Get-PRInstance).Status | Select-Object -Unique | Should -BeExactly 'Hibernating-2'
            (Get-PRInstance -Status 'hibernating*').Count | Should -Be 6
        }

        It 'refuses one that is <Name>' -ForEach @(
            @{ Name = 'a list'; Text = '[]' }
            @{ Name = 'null'; Text = 'null' }
            @{ Name = 'a text'; Text = '"inst"' }
            @{ Name = 'broken'; Text = '{"id": }' }
            @{ Name = 'two'; Text = '{"id":"a"}{"id":"b"}' }
        ) {
            Add-Fault $emulator NotJson @{ Text = $Text }
            $done = Get-Outcome { Get-PRInstance -Id $ids[0] }
            $done.Output | Should -BeNullOrEmpty
            $done.ErrorIds | Should -Be 'MalformedResponse'
        }

        It 'never makes a path of an id that the server made up' {
            $null = $emulator.AddInstance([PulseRun.Instance] @{ Id = '../billing/balance?x=' })
            $listed = Get-PRInstance | Select-Object -Last 1
            $emulator.ClearRequests()
            foreach ($act in { $listed | Stop-PRInstance -Confirm:$false }, { $listed | Remove-PRInstance -Force }, { $listed | Get-PRInstanceMetrics }, { $listed | Get-PRInstance }) {
                (Get-Outcome $act).ErrorIds | Should -Be 'InvalidRequest'
            }
            $emulator.Requests | Should -BeNullOrEmpty
        }

        It 'refuses answers without an id' {
            Add-Fault $emulator MissingFields @{ Names = [string[]] 'id' }
            (Get-Outcome { Get-PRInstance -Id $ids[0] }).ErrorIds | Should -Be 'MalformedResponse'
            (Get-Outcome { Get-PRInstance }).ErrorIds | Should -Be 'MalformedResponse'
        }

        It 'survives values of wrong types' {
            Add-Fault $emulator NotJson @{ Text = '{"id":"' + $ids[0] + '","status":["running"],"cost_per_hour":"cheap","spot":"maybe","created_at":12,"ip":{"v4":"1.2.3.4"},"gpu":7}' }
            $done = Get-Outcome { Get-PRInstance -Id $ids[0] }
            $done.Errors | Should -BeNullOrEmpty
            $done.Output.Id | Should -Be $ids[0]
            { $done.Output | Format-List * | Out-String } | Should -Not -Throw
        }
    }

    Context 'Acts' {
        It 'completes an answer to <Verb> that is <Kind> (<Status>)' -ForEach @(
            foreach ($answer in @{ Kind = 'EmptyAnswer'; Status = 200 }, @{ Kind = 'EmptyAnswer'; Status = 202 }, @{ Kind = 'EmptyAnswer'; Status = 204 }, @{ Kind = 'PartialAnswer'; Status = $null }) {
                foreach ($act in @{ Verb = 'stop'; State = 'stopped'; At = 0; Do = { Stop-PRInstance -Id $args[0] -Confirm:$false } },
                    @{ Verb = 'start'; State = 'running'; At = 3; Do = { Start-PRInstance -Id $args[0] } },
                    @{ Verb = 'remove'; State = 'terminated'; At = 0; Do = { Get-PRInstance -Id $args[0] | Remove-PRInstance -Force } }) { $answer + $act }
            }
        ) {
            Add-Fault $emulator $Kind @{ Status = $Status }
            $done = & $Do $ids[$At]
            $done.Id, $done.Status, $done.Gpu | Should -Be $ids[$At], $State, $emulator.Instances[$At].Gpu
        }

        It 'completes a launch that answers <Kind>' -ForEach @{ Kind = 'PartialAnswer' }, @{ Kind = 'MissingFields' } {
            Add-Fault $emulator $Kind @{ Method = 'POST' }
            $new = New-PRInstance rtx_4090 pytorch -Confirm:$false
            $new.Gpu, $new.Provider | Should -Not -BeNullOrEmpty
            Get-SentCount $emulator 'POST *' | Should -Be 1
        }

        It 'finds out what an empty answer launched, and says how' {
            Add-Fault $emulator EmptyAnswer @{ Method = 'POST' }
            $done = Get-Outcome { New-PRInstance rtx_4090 pytorch -Confirm:$false }
            $done.Output.Id | Should -Be $emulator.Instances[-1].Id
            $done.Warnings | Should -HaveCount 1
            Get-SentCount $emulator 'POST *' | Should -Be 1
            $emulator.Instances.Count | Should -Be 7
        }

        It 'looks after an answer to <Verb> that is <Kind>, which had its effect' -ForEach @(
            foreach ($kind in 'HalfAnswer', 'ServerErrorAfterEffect', 'NotJson') {
                @{ Kind = $kind; Verb = 'stop'; State = 'stopped'; Do = { Stop-PRInstance -Id $ids[0] -Confirm:$false } }
                @{ Kind = $kind; Verb = 'remove'; State = 'terminated'; Do = { Remove-PRInstance -Id $ids[0] -Force } }
            }
        ) {
            Add-Fault $emulator $Kind @{ Times = 1; Path = "*$($ids[0])*" }
            (& $Do).Status | Should -Be $State
            $emulator.Instances[0].Status | Should -Be $State
        }

        It 'waits out a 429 with Retry-After <Form>' -ForEach @{ Form = 'Seconds' }, @{ Form = 'Date' }, @{ Form = 'Absent' }, @{ Form = 'Past' }, @{ Form = 'Broken' }, @{ Form = 'Absurd' } {
            Add-Fault $emulator TooManyRequests @{ Times = 1; Form = $Form; Path = '*/stop' }
            $done = Get-Outcome { Stop-PRInstance -Id $ids[0] -Confirm:$false }
            $done.Errors | Should -BeNullOrEmpty
            $done.Output.Status | Should -Be 'stopped'
            Get-SentCount $emulator '*/stop' | Should -Be 2
        }

        It 'tells a capacity error of a start from another conflict' {
            Add-Fault $emulator NoCapacity @{ Status = 503 }
            (Get-Outcome { Start-PRInstance $ids[3] }).ErrorIds | Should -Be 'CapacityUnavailable'
        }
    }

    Context 'Metrics' {
        It 'reads the form <Form>' -ForEach @{ Form = 'Plain' }, @{ Form = 'Suffix' }, @{ Form = 'GpusObjects' }, @{ Form = 'GpusNumbers' } {
            $emulator.SetWorkload($ids[0], [PulseRun.EmulatorReading[]] @(@{ GpuUtilization = 80; MemoryUsage = 40; DiskUsage = 20 }), [timespan]::Zero)
            Add-Fault $emulator MetricsForm @{ Form = $Form }
            $metrics = Get-PRInstanceMetrics -Id $ids[0]
            $metrics.GpuUtilization, $metrics.DiskUsage | Should -Be 80, 20
            $metrics.Uptime.TotalSeconds | Should -BeGreaterThan 0
            if ($Form -like 'Gpus*') { $metrics.Gpus.Utilization | Should -Be 80, 40 }
            else { $metrics.MemoryUsage | Should -Be 40; $metrics.Gpus | Should -BeNullOrEmpty }
            $metrics.AdditionalProperties.Count | Should -Be 0
        }

        It 'tells zero from unknown' {
            Add-Fault $emulator MetricsZero @{ Times = 1 }
            (Get-PRInstanceMetrics -Id $ids[0]).GpuUtilization | Should -Be 0
            Add-Fault $emulator MetricsNull
            $metrics = Get-PRInstanceMetrics -Id $ids[0]
            foreach ($name in 'GpuUtilization', 'MemoryUsage', 'DiskUsage', 'Uptime') { $metrics.$name | Should -Be $null -Because $name }
        }

        It 'takes missing readings for unknown' {
            Add-Fault $emulator MissingFields @{ Names = [string[]] ('gpu_utilization', 'uptime') }
            $metrics = Get-PRInstanceMetrics -Id $ids[0]
            $metrics.GpuUtilization | Should -Be $null
            $metrics.Uptime | Should -Be $null
            $metrics.DiskUsage | Should -Not -Be $null
        }

        It 'says that there are none' {
            Add-Fault $emulator MetricsMissing
            (Get-Outcome { Get-PRInstanceMetrics -Id $ids[0] }).ErrorIds | Should -Be 'InstanceNotFound'
        }
    }

    Context 'Time limits' {
        It 'ends a body that stalls' {
            # The limit of 3 s set above is the shorter one; a stalled body alone may last 30 s.
            Add-Fault $emulator StalledBody @{ Path = '*/metrics' }
            (Get-Outcome { Get-PRInstanceMetrics -Id $ids[0] }).ErrorIds | Should -Be 'RequestTimeout'
        }
    }

    It 'meets every kind of fault in some test' {
        $source = (Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 | Get-Content -Raw) -join "`n"
        foreach ($kind in [enum]::GetNames([PulseRun.EmulatorFaultKind])) {
            $source | Should -Match "Add-Fault [^\n]*\b$kind\b|(Kind|Fault) = '$kind'|kind in [^\n]*'$kind'" -Because $kind
        }
    }
}
