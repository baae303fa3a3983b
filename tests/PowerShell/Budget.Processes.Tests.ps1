BeforeAll { . $PSScriptRoot/Common.ps1 }

# Only processes of their own show that a budget holds between processes.
Describe 'Budgets and several processes' {
    AfterEach { Stop-PREmulator; Disconnect-PulseRun }

    It 'are not exceeded by 4 processes that launch at the same time' {
        $emulator = Start-TestEmulator
        $emulator.ProvisioningTime = [timespan]::Zero
        # The 8 hours of each launch are of one month.
        $local = [TimeZoneInfo]::ConvertTime($emulator.UtcNow, [TimeZoneInfo]::Local).DateTime
        if ($local.Hour -ge 12) { $emulator.SetBalance(1e6); $emulator.Advance($local.Date.AddHours(25) - $local) }
        # The price is known from here on.
        $first = New-PRInstance rtx_4090 pytorch -Provider vast_ai -Tag @{ team = 'other' }
        # Room for 5 instances of 8 hours, and not for a sixth.
        $limit = $first.CostPerHour * 8 * 5.5
        Set-PRBudget -Tag @{ team = 'nlp' } -PerMonth $limit -AtLimit RefuseLaunch
        $variables = (Get-ConnectionVariables $emulator) + @{ PULSERUN_CLOCK_OFFSET = ($emulator.UtcNow - [DateTimeOffset]::UtcNow).ToString('c') }
        $children = foreach ($process in 1..4) {
            Start-Child -Environment $variables @'
                $launched = @(New-PRInstance rtx_4090 pytorch -Provider vast_ai -Tag @{ team = 'nlp' } -Lifetime 08:00 -Count 4 -Confirm:$false -ErrorVariable failed -ErrorAction SilentlyContinue)
                $launched.Id
                $failed | ForEach-Object { ($_.FullyQualifiedErrorId -split ',')[0] }
'@
        }
        $lines = $children | ForEach-Object { (Receive-Child $_).Lines } | Where-Object { $_ }
        $ids = @($lines -like 'inst_*')
        $ids | Should -HaveCount 5
        @($lines -notlike 'inst_*' | Sort-Object -Unique) | Should -Be 'BudgetExceeded'
        @(Get-PRInstance -Tag @{ team = 'nlp' }) | Should -HaveCount 5
        # Each launch that was refused was not sent: one launch for the price, and these.
        Get-SentCount $emulator 'POST /v1/instances' | Should -Be 6
        $budget = Get-PRBudget
        $budget.Spent + $budget.Committed | Should -BeLessOrEqual $limit
    }
}
