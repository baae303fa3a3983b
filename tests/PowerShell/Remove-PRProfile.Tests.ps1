BeforeAll {
    . $PSScriptRoot/Common.ps1
    $key = ConvertTo-Key 'pr_test_canary_profile'
}

Describe 'Remove-PRProfile' {
    BeforeEach {
        foreach ($saved in 'one', 'two') { Connect-PulseRun -ApiKey $key -BaseUri "https://$saved.example" -Save -Profile $saved -WarningAction SilentlyContinue }
    }
    AfterEach { Disconnect-PulseRun; Remove-Item "$env:PULSERUN_DATA_DIR/profiles.json*" -ErrorAction Ignore }

    It 'deletes a profile and its key' {
        Remove-PRProfile one
        (Get-PRProfile).Name | Should -Be 'two'
        Remove-PRProfile TWO
        Get-PRProfile | Should -BeNullOrEmpty
        Get-Content -Raw "$env:PULSERUN_DATA_DIR/profiles.json" | Should -Not -Match ([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes('pr_test_canary_profile')))
    }

    It 'takes profiles from the pipeline' {
        Get-PRProfile | Remove-PRProfile
        Get-PRProfile | Should -BeNullOrEmpty
    }

    It 'deletes nothing with -WhatIf' {
        Remove-PRProfile one -WhatIf
        (Get-PRProfile).Name | Should -Be 'one', 'two'
    }

    It 'continues after an unknown name' {
        $done = Get-Outcome { Remove-PRProfile nosuch, one }
        $done.ErrorIds | Should -Be 'NotConnected'
        $done.Errors[0].TargetObject | Should -Be 'nosuch'
        (Get-PRProfile).Name | Should -Be 'two'
    }
}
