BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Get-PRTransaction' {
    BeforeEach {
        $emulator = Start-TestEmulator
        $emulator.Advance('00:10:00')
    }
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'lists the ledger, for one request' {
        $ledger = Get-PRTransaction
        $ledger | Should -Not -BeNullOrEmpty
        $ledger[0] | Should -BeOfType PulseRun.Transaction
        $ledger.CreatedAt | ForEach-Object { $_.Offset | Should -Be ([timespan]::Zero) }
        Get-Sent $emulator | Should -Be 'GET /v1/billing/transactions'
    }

    It 'filters by kind, time and instance' {
        $charges = Get-PRTransaction -Type instance_charge
        $charges.Type | Select-Object -Unique | Should -Be 'instance_charge'
        $charges | ForEach-Object { $_.Amount | Should -BeLessThan 0 }
        $id = $charges[0].InstanceId
        (Get-PRTransaction -Id $id).InstanceId | Select-Object -Unique | Should -Be $id
        (Get-PRInstance -Id $id | Get-PRTransaction).Count | Should -Be (Get-PRTransaction -Id $id).Count
        Get-PRTransaction -Since $emulator.UtcNow.AddDays(1) | Should -BeNullOrEmpty
    }

    It 'is one clear error without the permission' {
        $emulator.AllowBilling = $false
        Get-PRTransaction -ErrorAction SilentlyContinue -ErrorVariable problem | Should -BeNullOrEmpty
        Get-ErrorId $problem[0] | Should -Be 'Forbidden'
    }

    It 'asks nothing for an empty pipeline' {
        @() | Get-PRTransaction | Should -BeNullOrEmpty
        $emulator.Requests | Should -BeNullOrEmpty
    }
}
