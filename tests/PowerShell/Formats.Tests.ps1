BeforeAll {
    . $PSScriptRoot/Common.ps1

    # The lines of a view, without colours and without empty ones.
    function Get-ViewLines($Objects, [int] $Width, [scriptblock] $As = { $input | Format-Table }) {
        @(($Objects | & $As | Out-String -Width $Width) -replace '\e\[[0-9;]*m' -split "`r?`n" | ForEach-Object { $_.TrimEnd() } | Where-Object { $_ })
    }
}

Describe 'Views' {
    BeforeAll {
        $emulator = Start-TestEmulator
        $long = [PulseRun.Instance] @{
            Id = 'inst_0123456789abcde'; Status = 'provisioning'; Gpu = 'h200_141gb'; Provider = 'tensordock'; Region = 'us-central'
            CostPerHour = 12.3456; Spot = $true; Template = 'stable-diffusion'; CreatedAt = [datetimeoffset]::UtcNow.AddDays(-12)
        }
        $instances = @(Get-PRInstance) + $long
        $metrics = Get-PRInstance -Status running | Get-PRInstanceMetrics -ErrorAction SilentlyContinue
        $context = Get-PRContext
    }
    AfterAll { Stop-PREmulator; Disconnect-PulseRun }

    It 'has a table of instances that fits <_> columns' -ForEach 60, 80, 100, 120 {
        $lines = Get-ViewLines $instances $_
        # One line for the header, one for the rule, one for each instance: nothing is broken.
        $lines.Count | Should -Be (2 + $instances.Count)
        foreach ($line in $lines) { $line.Length | Should -BeLessOrEqual $_ }
        $labels = $lines[0] -split '\s+'
        $labels | Should -Be @('Id', 'Status', 'Gpu', 'Provider', 'Region', '$/h', 'Spot', 'Up/Age', 'Template' | Select-Object -First $labels.Count)
        $labels.Count | Should -BeGreaterOrEqual 3
    }

    It 'shows every column at 100 and at 120' -ForEach 100, 120 {
        ((Get-ViewLines $instances $_)[0] -split '\s+')[-1] | Should -Be 'Template'
    }

    It 'shows ids of 20 characters whole at <_>' -ForEach 60, 80, 100, 120 {
        (Get-ViewLines $instances $_)[-1] | Should -BeLike 'inst_0123456789abcde *'
    }

    It 'cuts nothing off at 120 columns' {
        Get-ViewLines $instances 120 | Where-Object { $_ -like '*…*' } | Should -BeNullOrEmpty
    }

    It 'writes money and time as people read them' {
        $row = (Get-ViewLines $instances 120)[-1]
        $row | Should -BeLike '* 12.3456 *'
        $row | Should -BeLike '* spot *'
        $row | Should -BeLike '* 12d* *'
    }

    It 'has a list that shows everything but the token' {
        $lines = Get-ViewLines $instances[0] 200 { $input | Format-List }
        $labels = $lines | ForEach-Object { ($_ -split '\s*:')[0] }
        foreach ($name in [PulseRun.Instance].GetProperties().Name) { $labels | Should -Contain $name }
        "$lines" | Should -BeLike "*$($instances[0].Ip)*"
        "$lines" | Should -BeLike "*$($instances[0].SshCommand)*"
        "$lines" | Should -BeLike '*JupyterUrl*https://*'
        "$lines" | Should -Not -BeLike '*token*'
    }

    It 'has a table of metrics that fits <_> columns' -ForEach 60, 80, 100, 120 {
        $lines = Get-ViewLines $metrics $_
        $lines.Count | Should -Be (2 + $metrics.Count)
        foreach ($line in $lines) { $line.Length | Should -BeLessOrEqual $_ }
        ($lines[0] -split '\s+')[0..4] | Should -Be 'Id', 'Gpu', 'Memory', 'Disk', 'Uptime'
        $lines[2] | Should -BeLike "$($metrics[0].Id) *%*"
    }

    It 'shows unknown readings as a question mark, not as zero' {
        $emulator.SetWorkload($instances[0].Id, [PulseRun.EmulatorReading[]] @(@{ GpuUtilization = $null; MemoryUsage = 0 }), [timespan]::Zero)
        (Get-ViewLines (Get-PRInstanceMetrics -Id $instances[0].Id) 100)[-1] | Should -Match '\s\?\s+0%\s+\?'
    }

    It 'has a table of contexts that fits <_> columns' -ForEach 60, 80, 100, 120 {
        $lines = Get-ViewLines $context $_
        $lines.Count | Should -Be 3
        $lines[0] -split '\s+' | Select-Object -First 6 | Should -Be 'Profile', 'Mode', 'Source', 'Rpm', 'Timeout', 'MaxWait'
    }

    It 'shows the address of a context at 100' {
        (Get-ViewLines $context 100)[-1] | Should -BeLike "*$($emulator.BaseUri)*"
    }

    It 'does not break on an instance that knows nothing' {
        (Get-ViewLines ([PulseRun.Instance] @{ Id = 'inst_x' }) 100)[-1].Trim() | Should -Be 'inst_x'
        { [PulseRun.Instance] @{ Id = 'inst_x' } | Format-List | Out-String } | Should -Not -Throw
    }

    It 'reads well inside a string' {
        "$($instances[0])" | Should -Be $instances[0].Id
        "$($metrics[0])" | Should -Be $metrics[0].Id
        "$context" | Should -Be "$($emulator.BaseUri)"
        "$emulator" | Should -Be "$($emulator.BaseUri)"
    }
}

Describe 'Views of money' {
    BeforeAll {
        $balance = [PulseRun.AccountBalance] @{ Balance = 1234.567891; Currency = 'usd'; BurnPerHour = 0.4875; Unpriced = 1; Runway = [timespan]::FromHours(75.5) }
        $report = [PulseRun.CostReport] @{ Group = 'h100_80gb'; Count = 12; BurnPerHour = 25.2; Today = 100.5; ThisMonth = 1234.5678; SavedByStops = 99.999 }
        $line = [PulseRun.Transaction] @{
            Id = 'txn_1'; Type = 'instance_charge'; Amount = -1.23456; BalanceAfter = 1233.3333; InstanceId = 'inst_0123456789abcde'
            Description = 'one hour of h100_80gb'; CreatedAt = [datetimeoffset]::new(2026, 3, 1, 12, 0, 0, [timespan]::Zero)
        }
    }

    It 'fit <Width> columns: <Name>' -ForEach @(
        foreach ($width in 60, 80, 120) {
            @{ Width = $width; Name = 'balance'; First = 'Balance'; Row = '*1234.57 usd * 0.4875 *1 *3d3h*' }
            @{ Width = $width; Name = 'report'; First = 'Group'; Row = 'h100_80gb *12 *25.20 *100.50 *1234.57*' }
            @{ Width = $width; Name = 'line'; First = 'CreatedAt'; Row = '2026-03-01 12:00:00Z instance_charge *-1.23 *1233.33*' }
        }
    ) {
        $lines = Get-ViewLines (Get-Variable $Name -ValueOnly) $Width
        $lines.Count | Should -Be 3
        foreach ($text in $lines) { $text.Length | Should -BeLessOrEqual $Width }
        $lines[0].Trim() | Should -BeLike "$First*"
        $lines[2] | Should -BeLike $Row
    }

    It 'show all at 120' {
        (Get-ViewLines $report 120)[2] | Should -BeLike '*1234.57 *100.00 *0'
        (Get-ViewLines $line 120)[2] | Should -BeLike '* inst_0123456789abcde one hour of h100_80gb'
    }
}
