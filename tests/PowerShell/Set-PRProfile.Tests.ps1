BeforeAll {
    . $PSScriptRoot/Common.ps1
    $key = ConvertTo-Key 'pr_test_canary_profile'
}

Describe 'Set-PRProfile' {
    BeforeEach {
        foreach ($saved in 'one', 'two') { Connect-PulseRun -ApiKey $key -BaseUri "https://$saved.example" -Save -Profile $saved -WarningAction SilentlyContinue }
        Disconnect-PulseRun
    }
    AfterEach { Disconnect-PulseRun; Remove-Item "$env:PULSERUN_DATA_DIR/profiles.json*" -ErrorAction Ignore }

    It 'sets the default profile' {
        (Get-Outcome { Get-PRContext }).EndedId | Should -Be 'NotConnected'
        Set-PRProfile two -Default
        (Get-PRContext).Profile | Should -Be 'two'
        (Get-PRProfile | Where-Object IsDefault).Name | Should -Be 'two'
        Set-PRProfile two -Default:$false
        Get-PRProfile | Where-Object IsDefault | Should -BeNullOrEmpty
    }

    It 'changes limits, and removes them with $null' {
        $set = Set-PRProfile one -RequestsPerMinute 30 -TimeoutSec 5 -MaxWaitSec 0 -MaxFleetCostPerHour 2.5 -PassThru
        $set.RequestsPerMinute, $set.Timeout.TotalSeconds, $set.MaxWait.TotalSeconds, $set.MaxFleetCostPerHour | Should -Be 30, 5, 0, 2.5
        $context = Connect-PulseRun -Profile one -PassThru
        $context.RequestsPerMinute, $context.Timeout.TotalSeconds, $context.MaxFleetCostPerHour | Should -Be 30, 5, 2.5
        $set = Set-PRProfile one -RequestsPerMinute $null -MaxFleetCostPerHour $null -PassThru
        $set.RequestsPerMinute | Should -BeNullOrEmpty
        $set.MaxFleetCostPerHour | Should -BeNullOrEmpty
        $set.Timeout.TotalSeconds | Should -Be 5
    }

    It 'rejects -<Name> <Value>' -ForEach @(
        @{ Name = 'RequestsPerMinute'; Value = 0 }, @{ Name = 'TimeoutSec'; Value = 5000000 }, @{ Name = 'MaxWaitSec'; Value = -1 }
        @{ Name = 'MaxFleetCostPerHour'; Value = 7.9e28d }, @{ Name = 'IdentityFile'; Value = '/nosuch/key' }
    ) {
        $with = @{ $Name = $Value }
        (Get-Outcome { Set-PRProfile one @with }).EndedId | Should -Be 'InvalidRequest'
    }

    It 'stores the full path of an ssh key file' {
        Set-Content "$TestDrive/key" x
        Push-Location $TestDrive
        try { Set-PRProfile one -IdentityFile ./key } finally { Pop-Location }
        (Get-PRProfile one).IdentityFile | Should -Be (Join-Path (Resolve-Path $TestDrive).ProviderPath key)
        Set-PRProfile one -IdentityFile ''
        (Get-PRProfile one).IdentityFile | Should -BeNullOrEmpty
    }

    It 'changes nothing with -WhatIf, and continues after an unknown name' {
        Set-PRProfile one -Default -WhatIf
        Get-PRProfile | Where-Object IsDefault | Should -BeNullOrEmpty
        $done = Get-Outcome { 'nosuch', 'one' | Set-PRProfile -MaxWaitSec 9 -PassThru }
        $done.ErrorIds | Should -Be 'NotConnected'
        $done.Errors[0].TargetObject | Should -Be 'nosuch'
        $done.Output.Name | Should -Be 'one'
    }
}
