BeforeAll { . $PSScriptRoot/Common.ps1 }

# design.md section 3: requests are the scarce resource, so every job has a price.
Describe 'What a job costs in requests' {
    BeforeEach {
        $emulator = Start-TestEmulator -Instances 12
        $running = @($emulator.Instances | Where-Object Status -EQ 'running')
        $ids = $emulator.Instances.Id
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It '<Name>: <Price>' -ForEach @(
        @{ Name = 'Get-PRInstance'; Price = 1; Do = { Get-PRInstance } }
        @{ Name = 'all filters'; Price = 1; Do = { Get-PRInstance -Status running, stopped -Gpu a* -Region us* -Provider v* -Template p* -Spot } }
        @{ Name = 'a wildcard'; Price = 1; Do = { Get-PRInstance -Id 'inst_*' } }
        @{ Name = 'a wildcard without a match'; Price = 1; Do = { Get-PRInstance -Id 'nosuch*' } }
        @{ Name = 'wildcards and ids'; Price = 1; Do = { Get-PRInstance -Id 'inst_w*', $ids[0], $ids[1] } }
        @{ Name = 'one id'; Price = 1; Do = { Get-PRInstance -Id $ids[0] } }
        @{ Name = 'three ids'; Price = 1; Do = { Get-PRInstance -Id $ids[0, 1, 2] } }
        @{ Name = 'three ids from the pipeline'; Price = 1; Do = { $ids[0, 1, 2] | Get-PRInstance } }
        @{ Name = 'objects read again'; Price = 2; Do = { Get-PRInstance | Get-PRInstance } }
        @{ Name = 'three ids, one of which is unknown'; Price = 2; Do = { Get-PRInstance -Id $ids[0], $ids[1], 'inst_nosuch' -ErrorAction SilentlyContinue } }
        @{ Name = 'the same id thrice'; Price = 1; Do = { Get-PRInstance -Id $ids[0], $ids[0], $ids[0] } }
        @{ Name = 'metrics of four'; Price = 4; Do = { $ids[0, 1, 2, 4] | Get-PRInstanceMetrics } }
        @{ Name = 'a launch'; Price = 1; Do = { New-PRInstance rtx_4090 pytorch -Confirm:$false } }
        @{ Name = 'five launches'; Price = 5; Do = { New-PRInstance rtx_4090 pytorch -Count 5 -Confirm:$false } }
        @{ Name = 'a stop by id'; Price = 1; Do = { Stop-PRInstance -Id $ids[0] -Confirm:$false } }
        @{ Name = 'a stop of what is stopped'; Price = 2; Do = { Stop-PRInstance -Id $ids[3] -Confirm:$false } }
        @{ Name = 'a removal'; Price = 1; Do = { Remove-PRInstance -Id $ids[0] -Force } }
        @{ Name = 'a whole life'; Price = 5; Do = { New-PRInstance rtx_4090 pytorch -Confirm:$false | Get-PRInstance | Stop-PRInstance -Confirm:$false | Start-PRInstance | Remove-PRInstance -Force } }
        @{ Name = 'connecting, and looking at the connection'; Price = 0; Do = { $emulator | Connect-PulseRun; $null = Get-PRContext } }
        @{ Name = 'anything with -WhatIf, but for the list'; Price = 1; Do = { Invoke-Silent $emulator 'Get-PRInstance | Remove-PRInstance -WhatIf' } }
    ) {
        $null = & $Do
        Get-Sent $emulator | Should -HaveCount $Price
    }

    It 'costs 1 + N to <Verb> the N running ones' -ForEach @(
        @{ Verb = 'stop'; Do = { Get-PRInstance -Status running | Stop-PRInstance -Confirm:$false -ErrorAction SilentlyContinue }; Like = 'POST */stop' }
        @{ Verb = 'remove'; Do = { Get-PRInstance -Status running | Remove-PRInstance -Force }; Like = 'DELETE *' }
        @{ Verb = 'measure'; Do = { Get-PRInstance -Status running | Get-PRInstanceMetrics -ErrorAction SilentlyContinue }; Like = 'GET */metrics' }
    ) {
        $null = & $Do
        Get-Sent $emulator | Should -HaveCount (1 + $running.Count)
        Get-SentCount $emulator $Like | Should -Be $running.Count
        Get-SentCount $emulator 'GET /v1/instances?status=running' | Should -Be 1
    }

    It 'asks the server for a single state, and filters several here' {
        $null = Get-PRInstance -Status stopped
        $null = Get-PRInstance -Status stopped, failed
        $null = Get-PRInstance -Status 'stop*'
        Get-Sent $emulator | Should -Be 'GET /v1/instances?status=stopped', 'GET /v1/instances', 'GET /v1/instances'
    }

    It 'costs one look more for each answer that is not whole: <Kind>' -ForEach @(
        @{ Kind = 'EmptyAnswer' }, @{ Kind = 'PartialAnswer' }
    ) {
        Add-Fault $emulator $Kind
        (Stop-PRInstance -Id $ids[0] -Confirm:$false).Gpu | Should -Be $emulator.Instances[0].Gpu
        Get-Sent $emulator | Should -Be "POST /v1/instances/$($ids[0])/stop", "GET /v1/instances/$($ids[0])"
    }

    It 'costs no look after a removal: <Kind>' -ForEach @(
        @{ Kind = 'EmptyAnswer' }, @{ Kind = 'PartialAnswer' }
    ) {
        Add-Fault $emulator $Kind
        (Get-PRInstance | Select-Object -First 1 | Remove-PRInstance -Force).Status | Should -Be 'terminated'
        Get-Sent $emulator | Should -HaveCount 2
    }

    It 'costs one request a page' {
        Add-Fault $emulator Paging @{ Count = 5 }
        (Get-PRInstance).Count | Should -Be 12
        Get-Sent $emulator | Should -HaveCount 3
    }
}
