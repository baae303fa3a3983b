#Requires -Modules @{ ModuleName = 'Pester'; ModuleVersion = '6.0.0' }

# Tests the output of Export-Csv in sessions of other cultures, each in its own process, as a person starts it.

BeforeDiscovery { . $PSScriptRoot/Common.ps1 }
BeforeAll { . $PSScriptRoot/Common.ps1 }

Describe 'Export-Csv in a session of another culture' {
    It 'writes what it writes in a session of the invariant culture: <Culture>' -ForEach @(@{ Culture = 'de-DE' }, @{ Culture = 'en-US' }, @{ Culture = 'ar-SA' }) {
        # The clock of an emulator of the process runs, and UpOrAge with it.
        $child = Invoke-Child -Script @"
            [cultureinfo]::CurrentCulture = '$Culture'
            `$WhatIfPreference = `$true
            Connect-PulseRun -Emulator
            `$WhatIfPreference = `$false
            `$found = Get-PRInstance
            `$found | Export-Csv '$TestDrive/all.csv'
            `$found | Select-Object Id, CostPerHour, StartedAt | Export-Csv '$TestDrive/some.csv'
            Get-PRInstance -Status running | Get-PRInstanceMetrics -ErrorAction Ignore | Export-Csv '$TestDrive/metrics.csv'
            Get-PRTransaction | Export-Csv '$TestDrive/ledger.csv'
            [cultureinfo]::CurrentCulture = ''
            `$texts = foreach (`$instance in `$found) { [pscustomobject]@{ Id = `$instance.Id; CostPerHour = `$instance.CostPerHour.ToString(); StartedAt = `$instance.StartedAt.ToString() } }
            `$texts | Export-Csv '$TestDrive/wanted.csv'
            ([PulseRun.Instance].GetProperties().Name | ForEach-Object { '"' + `$_ + '"' }) -join ','
            (Import-Csv '$TestDrive/all.csv' | Where-Object Status -EQ running | Select-Object -First 1 | Stop-PRInstance -Confirm:`$false).Status
"@
        $child.Lines.Count | Should -Be 2 -Because $child.Output
        Get-Content "$TestDrive/some.csv" | Should -Be (Get-Content "$TestDrive/wanted.csv")
        (Get-Content "$TestDrive/all.csv")[0] | Should -Be $child.Lines[0] -Because 'the columns have the order of the properties'
        foreach ($name in 'all', 'ledger') {
            $rows = Get-Content -Raw "$TestDrive/$name.csv"
            $rows | Should -Match '"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d \+00:00"'
        }
        Get-Content -Raw "$TestDrive/metrics.csv" | Should -Match '"\d+\.\d"'
        Get-Content -Raw "$TestDrive/metrics.csv" | Should -Not -Match '\d[,\u066b]\d'
        $child.Lines[1] | Should -Be 'stopped'
    }
}
