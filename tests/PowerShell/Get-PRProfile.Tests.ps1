BeforeAll {
    . $PSScriptRoot/Common.ps1
    $key = ConvertTo-Key 'pr_test_canary_profile'
}

Describe 'Get-PRProfile' {
    BeforeEach {
        Connect-PulseRun -ApiKey $key -BaseUri 'https://one.example' -Save -Profile one -MaxFleetCostPerHour 20 -TimeoutSec 33 -WarningAction SilentlyContinue
        Connect-PulseRun -ApiKey $key -BaseUri 'https://two.example' -Save -Profile two -WarningAction SilentlyContinue
    }
    AfterEach { Disconnect-PulseRun; Remove-Item "$env:PULSERUN_DATA_DIR/profiles.json*" -ErrorAction Ignore }

    It 'lists the profiles by name, without their keys' {
        $profiles = Get-PRProfile
        $profiles | Should -BeOfType PulseRun.Profile
        $profiles.Name | Should -Be 'one', 'two'
        $profiles[0].BaseUri, $profiles[0].MaxFleetCostPerHour, $profiles[0].Timeout.TotalSeconds | Should -Be 'https://one.example/', 20, 33
        ($profiles | Format-List * -Force | Out-String) + ($profiles | ConvertTo-Json) | Should -Not -Match 'canary'
    }

    It 'takes wildcards and names, and lists the existing profiles in the error for an unknown name' {
        (Get-PRProfile t*).Name | Should -Be 'two'
        (Get-PRProfile ONE).Name | Should -Be 'one'
        Get-PRProfile nosuch* | Should -BeNullOrEmpty
        $done = Get-Outcome { Get-PRProfile nosuch, two }
        $done.ErrorIds | Should -Be 'NotConnected'
        "$($done.Errors)" | Should -BeLike '*one, two*'
        $done.Output.Name | Should -Be 'two'
    }

    It 'returns nothing when nothing is saved' {
        Remove-Item "$env:PULSERUN_DATA_DIR/profiles.json"
        Get-PRProfile | Should -BeNullOrEmpty
    }

    It 'fits into a table of <_> columns' -ForEach 80, 120 {
        foreach ($line in (Get-PRProfile | Out-String -Width $_) -replace '\e\[[0-9;]*m' -split "`n") { $line.TrimEnd().Length | Should -BeLessOrEqual $_ }
    }

    It 'names the damaged file: <Name>' -ForEach @(
        @{ Name = 'nulls'; Text = '{"profiles":[null]}' }
        @{ Name = 'a null name'; Text = '{"profiles":[{"name":null}]}' }
        @{ Name = 'no requests at all'; Text = '{"profiles":[{"name":"a","baseUri":"https://a/","protection":"file-mode","requestsPerMinute":0}]}' }
    ) {
        Set-Content "$env:PULSERUN_DATA_DIR/profiles.json" $Text
        $done = Get-Outcome { Get-PRProfile }
        $done.EndedId | Should -Be 'NotConnected'
        "$($done.Ended)" | Should -BeLike '*profiles.json*'
        $done.Ended.Exception.InnerException | Should -BeNullOrEmpty
    }
}
