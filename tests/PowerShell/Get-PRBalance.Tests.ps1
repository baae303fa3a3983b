BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Get-PRBalance' {
    BeforeEach { $emulator = Start-TestEmulator }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'tells the balance, the burn and how long it lasts, for two requests' {
        $emulator.SetBalance(1000)
        $balance = Get-PRBalance
        $balance | Should -BeOfType PulseRun.AccountBalance
        $balance.Currency | Should -Be 'usd'
        $burn = ($emulator.Instances | Where-Object Status -EQ running | Measure-Object CostPerHour -Sum).Sum
        $balance.BurnPerHour | Should -Be $burn
        [math]::Abs($balance.Runway.TotalHours - [double] $balance.Balance / $burn) | Should -BeLessThan 0.01
        Get-Sent $emulator | Should -Be 'GET /v1/billing/balance', 'GET /v1/instances'
    }

    It 'warns when less than a day is left' {
        $emulator.SetBalance(5)
        Get-PRBalance -WarningVariable warnings -WarningAction SilentlyContinue | Should -Not -BeNullOrEmpty
        $warnings | Should -HaveCount 1
        "$warnings" | Should -BeLike '*terminated, disks included*'
    }

    It 'has no runway when nothing burns' {
        foreach ($instance in $emulator.Instances) { $null = $emulator.SetStatus($instance.Id, 'stopped') }
        $balance = Get-PRBalance -WarningVariable warnings
        $balance.Runway | Should -BeNullOrEmpty
        $balance.BurnPerHour | Should -Be 0
        $warnings | Should -BeNullOrEmpty
    }

    It 'is one clear error without the permission, and the connection stays usable' {
        $emulator.AllowBilling = $false
        Get-PRBalance -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        $problem | Should -HaveCount 1
        Get-ErrorId $problem[0] | Should -Be 'Forbidden'
        $problem[0].CategoryInfo.Category | Should -Be 'PermissionDenied'
        Get-PRInstance | Should -Not -BeNullOrEmpty
    }
}
