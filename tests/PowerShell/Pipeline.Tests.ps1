BeforeAll {
    . $PSScriptRoot/Common.ps1

    # What a person may pipe: each answers the ids, or what stands for them, in the order of $instances.
    $script:Sources = @{
        'objects'                   = { $instances }
        'strings'                   = { $instances.Id }
        'objects with an Id'        = { $instances | ForEach-Object { [pscustomobject]@{ Id = $_.Id } } }
        'objects with an InstanceId' = { $instances | ForEach-Object { [pscustomobject]@{ InstanceId = $_.Id; Note = 'x' } } }
        'selected properties'       = { $instances | Select-Object Id, Status }
        'rows of a CSV file'        = { $instances | Export-Csv "$TestDrive/i.csv"; Import-Csv "$TestDrive/i.csv" }
        'objects out of JSON'       = { $instances | ConvertTo-Json -Depth 5 | ConvertFrom-Json }
        'objects out of CliXml'     = { $instances | Export-Clixml "$TestDrive/i.xml"; Import-Clixml "$TestDrive/i.xml" }
        'metrics'                   = { $instances | Get-PRInstanceMetrics }
        'objects read again'        = { $instances | Get-PRInstance }
        'a mixture'                 = { $instances[0]; $instances[1].Id; [pscustomobject]@{ Id = $instances[2].Id } }
    }
    $script:Verbs = @{
        'Get-PRInstance'        = { $input | Get-PRInstance }
        'Get-PRInstanceMetrics' = { $input | Get-PRInstanceMetrics }
        'Stop-PRInstance'       = { $input | Stop-PRInstance -Confirm:$false }
        'Start-PRInstance'      = { $input | Start-PRInstance }
        'Remove-PRInstance'     = { $input | Remove-PRInstance -Force }
    }
}

Describe 'Every source into every verb' {
    BeforeAll {
        $cases = @('objects', 'strings', 'objects with an Id', 'objects with an InstanceId', 'selected properties', 'rows of a CSV file', 'objects out of JSON', 'objects out of CliXml', 'metrics', 'objects read again', 'a mixture')
    }
    BeforeEach {
        $emulator = Start-TestEmulator
        $instances = Get-PRInstance -Status running | Select-Object -First 3
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'tests every source there is' {
        $Sources.Keys | Sort-Object | Should -Be ($cases | Sort-Object)
        $Sources.Count * $Verbs.Count | Should -Be 55
    }

    It 'pipes <Source> into <Verb>' -ForEach @(
        foreach ($source in 'objects', 'strings', 'objects with an Id', 'objects with an InstanceId', 'selected properties', 'rows of a CSV file', 'objects out of JSON', 'objects out of CliXml', 'metrics', 'objects read again', 'a mixture') {
            foreach ($verb in 'Get-PRInstance', 'Get-PRInstanceMetrics', 'Stop-PRInstance', 'Start-PRInstance', 'Remove-PRInstance') {
                @{ Source = $source; Verb = $verb }
            }
        }
    ) {
        $done = Get-Outcome { & $Sources[$Source] | & $Verbs[$Verb] }
        $done.Ended | Should -BeNullOrEmpty
        $done.Errors | Should -BeNullOrEmpty
        $done.Output.Id | Should -Be $instances.Id
    }

    It 'goes through a whole life in one pipeline' {
        $done = New-PRInstance rtx_4090 pytorch -Count 2 -Confirm:$false | Get-PRInstance | Stop-PRInstance -Confirm:$false | Start-PRInstance | Remove-PRInstance -Force
        $done.Status | Should -Be 'terminated', 'terminated'
    }
}

Describe 'Many at once' {
    BeforeEach { $emulator = Start-TestEmulator -Instances 40 }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'puts results out in the order of the input, although the first answers last' {
        $running = Get-PRInstance -Status running | Where-Object Provider -NE lambda
        Add-Fault $emulator Delay @{ Path = "*/$($running[0].Id)/stop"; Duration = [timespan]::FromMilliseconds(400) }
        Add-Fault $emulator Delay @{ Path = "*/$($running[5].Id)/stop"; Duration = [timespan]::FromMilliseconds(200) }
        ($running | Stop-PRInstance -Confirm:$false).Id | Should -Be $running.Id
    }

    It 'keeps errors at the place of their item' {
        $ids = @((Get-PRInstance -Status running).Id | Select-Object -First 4)
        $done = Get-Outcome { $ids[0], 'inst_nosuch1', $ids[1], 'inst_nosuch2', $ids[2] | Get-PRInstanceMetrics }
        $done.All | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord]) { $_.TargetObject } else { $_.Id } } |
            Should -Be $ids[0], 'inst_nosuch1', $ids[1], 'inst_nosuch2', $ids[2]
    }

    It 'keeps going past failures of several kinds' {
        $ids = @($emulator.Instances | Where-Object { $_.Status -eq 'running' -and $_.Provider -ne 'lambda' } | Select-Object -First 20).Id
        Add-Fault $emulator ServerError @{ Path = "*/$($ids[6])/stop" }
        Add-Fault $emulator ServerError @{ Path = "*/$($ids[10])/stop"; Status = 404 }
        Add-Fault $emulator Hang @{ Path = "*/$($ids[15])/stop" }
        $emulator | Connect-PulseRun -TimeoutSec 1
        $done = Get-Outcome { $ids | Stop-PRInstance -Confirm:$false }
        $done.Output.Id | Should -Be @($ids | Where-Object { $_ -notin $ids[6, 10, 15] })
        $done.ErrorIds | Should -Be 'ServerError', 'InstanceNotFound', 'RequestTimeout'
        $done.Errors.TargetObject | Should -Be $ids[6, 10, 15]
        $done.Ended | Should -BeNullOrEmpty
    }

    It 'acts once on the same instance, however it is named' {
        $one = Get-PRInstance -Status running | Select-Object -First 1
        $emulator.ClearRequests()
        @($one, $one.Id, $one | Stop-PRInstance -Confirm:$false).Count | Should -Be 1
        Get-Sent $emulator | Should -Be "POST /v1/instances/$($one.Id)/stop"
    }

    It 'works on as many at once as -ThrottleLimit says, and never more' {
        Add-Fault $emulator Hang @{ Path = '*/stop' }
        $pipeline = Start-Pipeline $emulator 'Get-PRInstance -Status running | Stop-PRInstance -Confirm:$false -ThrottleLimit 3'
        try {
            Wait-Until { (Get-SentCount $emulator '*/stop') -ge 3 }
            # Whoever sent more than three at once would have done it by the time another list has come back.
            $null = Get-PRInstance
            Get-SentCount $emulator '*/stop' | Should -Be 3
        }
        finally {
            $pipeline.Shell.Stop()
            $pipeline.Shell.Dispose()
        }
    }

    It 'is faster than one after the other' {
        Add-Fault $emulator Delay @{ Path = '*/metrics'; Duration = [timespan]::FromMilliseconds(500) }
        $clock = [System.Diagnostics.Stopwatch]::StartNew()
        @($emulator.Instances | Where-Object Status -EQ 'running' | Select-Object -First 30 | Get-PRInstanceMetrics -ErrorAction SilentlyContinue).Count | Should -BeGreaterThan 20
        # One after the other: 15 s.
        $clock.Elapsed.TotalSeconds | Should -BeLessThan 8
    }

    It 'streams: the head is out while the rest still works' {
        $ids = (Get-PRInstance -Status running).Id
        Add-Fault $emulator Hang @{ Path = "*/$($ids[-1])/metrics" }
        # Would never end if everything were waited for.
        ($ids | Get-PRInstanceMetrics -ErrorAction SilentlyContinue | Select-Object -First 1).Id | Should -Be $ids[0]
    }
}

Describe 'An end midway' {
    BeforeEach { $emulator = Start-TestEmulator -Instances 20 }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'returns at once from PowerShell.Stop() while the server hangs in <Name>, and leaves nothing running' -ForEach @(
        @{ Name = 'a list'; Script = 'Get-PRInstance'; Sent = 'GET /v1/instances'; Count = 1 }
        @{ Name = 'stops'; Script = 'Get-PRInstance -Status running | Stop-PRInstance -Confirm:$false'; Sent = '*/stop'; Count = 16 }
        @{ Name = 'a launch'; Script = 'New-PRInstance rtx_4090 pytorch'; Sent = 'POST /v1/instances'; Count = 1 }
        @{ Name = 'metrics'; Script = "'inst_a', 'inst_b' | Get-PRInstanceMetrics"; Sent = '*/metrics'; Count = 2 }
    ) {
        $path = if ($Sent -eq '*/stop') { '*/stop' } else { '*' }
        Add-Fault $emulator Hang @{ Path = $path }
        $pipeline = Start-Pipeline $emulator $Script
        try {
            Wait-Until { (Get-SentCount $emulator $Sent) -ge $Count }
            $sentBefore = $emulator.Requests.Count
            $clock = [System.Diagnostics.Stopwatch]::StartNew()
            $pipeline.Shell.Stop()
            $clock.Elapsed.TotalSeconds | Should -BeLessThan 5
            $pipeline.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
            # Nothing is sent any more: no retry, no next item.
            $null = Get-Outcome { Get-PRInstanceMetrics -Id 'inst_a' -Context ($emulator | Connect-PulseRun -TimeoutSec 1 -PassThru) }
            @(Get-Sent $emulator | Select-Object -Skip $sentBefore | Where-Object { $_ -notlike '*inst_a/metrics' }) | Should -BeNullOrEmpty
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'says which acts were sent and not confirmed' {
        $ids = @($emulator.Instances | Where-Object { $_.Status -eq 'running' -and $_.Provider -ne 'lambda' }).Id | Select-Object -First 3
        Add-Fault $emulator Hang @{ Path = "*/$($ids[1])/stop" }
        Add-Fault $emulator Hang @{ Path = "*/$($ids[2])/stop" }
        $pipeline = Start-Pipeline $emulator "'$($ids -join "', '")' | Stop-PRInstance -Confirm:`$false"
        try {
            Wait-Until { @($emulator.Requests | Where-Object Status -EQ 200).Count -eq 1 -and (Get-SentCount $emulator '*/stop') -eq 3 }
            $pipeline.Shell.Stop()
            $warning = "$($pipeline.Shell.Streams.Warning)"
            $warning | Should -BeLike "*$($ids[1])*"
            $warning | Should -BeLike "*$($ids[2])*"
            $warning | Should -BeLike '*Get-PRInstance*'
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'says so of equal launches too, of which one was answered' {
        Add-Fault $emulator Hang @{ Method = 'POST'; Skip = 1 }
        $pipeline = Start-Pipeline $emulator '1..2 | ForEach-Object { [pscustomobject]@{ Gpu = "rtx_4090"; Template = "pytorch" } } | New-PRInstance -Confirm:$false -ThrottleLimit 1'
        try {
            Wait-Until { (Get-SentCount $emulator 'POST *') -eq 2 }
            $pipeline.Shell.Stop()
            "$($pipeline.Shell.Streams.Warning)" | Should -BeLike '*launch was sent and is not confirmed for rtx_4090*'
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'says nothing of that where nothing was acted on' {
        Add-Fault $emulator Hang
        $pipeline = Start-Pipeline $emulator 'Get-PRInstance'
        try {
            Wait-Until { $emulator.Requests.Count -eq 1 }
            $pipeline.Shell.Stop()
            $pipeline.Shell.Streams.Warning.Count | Should -Be 0
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'ends with <Name>, cancels the rest and warns' -ForEach @(
        @{ Name = 'Select-Object -First 1'; Downstream = '| Select-Object -First 1'; Fails = $false }
        @{ Name = 'a throw'; Downstream = '| ForEach-Object { throw "downstream" }'; Fails = $true }
        @{ Name = 'a break'; Downstream = '| ForEach-Object { break }'; Fails = $false }
    ) {
        $ids = @($emulator.Instances | Where-Object { $_.Status -eq 'running' -and $_.Provider -ne 'lambda' }).Id | Select-Object -First 5
        # The others are on their way before the first one answers.
        Add-Fault $emulator Hang @{ Path = "*/$($ids[1])/stop" }
        Add-Fault $emulator Delay @{ Path = "*/$($ids[0])/stop"; Duration = [timespan]::FromMilliseconds(500) }
        $script = "foreach (`$once in 1) { '$($ids -join "', '")' | Stop-PRInstance -Confirm:`$false $Downstream }"
        $pipeline = Start-Pipeline $emulator $script
        try {
            $pipeline.Running.AsyncWaitHandle.WaitOne(20000) | Should -BeTrue
            if ($Fails) { { $pipeline.Shell.EndInvoke($pipeline.Running) } | Should -Throw '*downstream*' }
            else { $null = $pipeline.Shell.EndInvoke($pipeline.Running) }
            "$($pipeline.Shell.Streams.Warning)" | Should -BeLike "*stop was sent and is not confirmed for*$($ids[1])*"
        }
        finally { $pipeline.Shell.Dispose() }
    }

    It 'ends a list that never ends with Select-Object -First 1' {
        Add-Fault $emulator HugeAnswer
        (Get-PRInstance | Select-Object -First 1).Id | Should -Be 'inst_endless'
    }

    It 'acts on the next pipeline as if nothing had been' {
        Add-Fault $emulator Hang @{ Path = '*/metrics'; Skip = 1 }
        $null = Get-PRInstance -Status running | Get-PRInstanceMetrics | Select-Object -First 1
        $emulator.ClearFaults()
        (Get-PRInstance).Count | Should -Be 20
    }
}

Describe 'Connections in a pipeline' {
    BeforeEach {
        $one = Start-TestEmulator -Seed 1
        $first = Get-PRContext
        $two = Start-TestEmulator -Seed 2
        $second = Get-PRContext
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'acts on objects with the connection they came from, whatever is current' {
        $of = Get-PRInstance -Context $first -Status running | Select-Object -First 2
        $one.ClearRequests()
        ($of | Stop-PRInstance -Confirm:$false).Status | Should -Be 'stopped', 'stopped'
        Get-SentCount $one '*/stop' | Should -Be 2
        $two.Requests | Should -BeNullOrEmpty
    }

    It 'mixes objects of two connections' {
        $both = @(Get-PRInstance -Context $first -Status running | Select-Object -First 1) + @(Get-PRInstance -Context $second -Status running | Select-Object -First 1)
        ($both | Stop-PRInstance -Confirm:$false).Id | Should -Be $both.Id
        ($both | Get-PRInstance).Id | Should -Be $both.Id
        (Get-SentCount $one '*/stop'), (Get-SentCount $two '*/stop') | Should -Be 1, 1
    }

    It 'keeps the connection through stop, start, metrics and reading again' {
        $instance = Get-PRInstance -Context $first -Status running | Select-Object -First 1
        $null = $instance | Get-PRInstanceMetrics | Stop-PRInstance -Confirm:$false | Start-PRInstance | Get-PRInstance | Remove-PRInstance -Force
        $one.Requests[-1].Method | Should -Be 'DELETE'
        $two.Requests | Should -BeNullOrEmpty
    }

    It 'refuses another connection than the object''s in <Name>, and sends nothing' -ForEach @(
        @{ Name = 'Stop-PRInstance'; Do = { $of | Stop-PRInstance -Context $second -Confirm:$false } }
        @{ Name = 'Start-PRInstance'; Do = { $of | Start-PRInstance -Context $second } }
        @{ Name = 'Remove-PRInstance'; Do = { $of | Remove-PRInstance -Context $second -Force } }
        @{ Name = 'Get-PRInstanceMetrics'; Do = { $of | Get-PRInstanceMetrics -Context $second } }
        @{ Name = 'Get-PRInstance'; Do = { $of | Get-PRInstance -Context $second } }
        @{ Name = 'Stop-PRInstance by position'; Do = { Stop-PRInstance $of -Context $second -Confirm:$false } }
    ) {
        $of = Get-PRInstance -Context $first -Status running | Select-Object -First 1
        $one.ClearRequests()
        $done = Get-Outcome $Do
        $done.ErrorIds | Should -Be 'ContextMismatch'
        $done.Errors[0].TargetObject | Should -Be $of
        $one.Requests | Should -BeNullOrEmpty
        $two.Requests | Should -BeNullOrEmpty
    }

    It 'lets an equal connection pass: same address, same key' {
        $of = Get-PRInstance -Context $first -Status running | Select-Object -First 1
        $again = $one | Connect-PulseRun -PassThru
        ($of | Stop-PRInstance -Context $again -Confirm:$false).Status | Should -Be 'stopped'
    }

    It 'uses the named connection for ids' {
        (Get-PRInstance -Context $first).Id | Should -Be $one.Instances.Id
        (Stop-PRInstance -Id $one.Instances[0].Id -Context $first -Confirm:$false).Status | Should -Be 'stopped'
    }

    It 'keeps accounts apart in ForEach-Object -Parallel' {
        $counts = $one, $two | ForEach-Object -ThrottleLimit 2 -Parallel {
            Import-Module $using:ModulePath
            $_ | Connect-PulseRun
            1..5 | ForEach-Object { $null = Get-PRInstance }
            "$((Get-PRInstance)[0].Id)"
        }
        $counts | Sort-Object | Should -Be (@($one.Instances[0].Id, $two.Instances[0].Id) | Sort-Object)
        $one.Requests.Count, $two.Requests.Count | Should -Be 6, 6
    }
}
