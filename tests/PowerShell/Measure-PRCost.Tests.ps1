BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Measure-PRCost' {
    BeforeEach { $emulator = Start-TestEmulator }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'adds up what burns, for two requests' {
        $report = Measure-PRCost
        $report | Should -HaveCount 1
        $running = $emulator.Instances | Where-Object Status -EQ running
        $report.Count | Should -Be @($running).Count
        $report.BurnPerHour | Should -Be ($running | Measure-Object CostPerHour -Sum).Sum
        Get-Sent $emulator | Should -Be 'GET /v1/instances', 'GET /v1/billing/transactions'
    }

    It 'groups, the dearest first, and the groups make the whole' -ForEach 'Gpu', 'Provider', 'Region', 'Template' {
        $reports = Measure-PRCost -GroupBy $_
        $reports.Group | Sort-Object | Should -Be ($emulator.Instances.$_ | Sort-Object -Unique)
        ($reports | Measure-Object BurnPerHour -Sum).Sum | Should -Be (Measure-PRCost).BurnPerHour
        $reports.BurnPerHour | Should -Be ($reports.BurnPerHour | Sort-Object -Descending)
    }

    It 'tells what was charged' {
        $emulator.Advance('00:10:00')
        $charged = (Get-PRTransaction -Type instance_charge | Measure-Object Amount -Sum).Sum
        (Measure-PRCost).ThisMonth | Should -BeGreaterThan 0
        (Measure-PRCost).ThisMonth | Should -BeLessOrEqual (-$charged)
    }

    It 'tells what stops have saved, as far as this machine has seen them' {
        $running = @(Get-PRInstance -Status running)[0]
        (Measure-PRCost).SavedByStops | Should -Be 0
        $null = $emulator.SetStatus($running.Id, 'stopped')
        $null = Get-PRIdleInstance -NoSample
        $before = (Measure-PRCost).SavedByStops
        $emulator.Advance('01:00:00')
        # A month that begins within this hour has seen less of it.
        (Measure-PRCost).SavedByStops | Should -BeGreaterThan $before
    }

    It 'goes on without the ledger when the key may not read it' {
        $emulator.AllowBilling = $false
        $report = Measure-PRCost -ErrorAction SilentlyContinue -ErrorVariable problem
        Get-ErrorId $problem[0] | Should -Be 'Forbidden'
        $report.BurnPerHour | Should -BeGreaterThan 0
        $report.Today | Should -BeNullOrEmpty
    }
}
