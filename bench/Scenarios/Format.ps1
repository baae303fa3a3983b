# Formats a fleet as text: with the module's table, as the objects of Invoke-RestMethod with as many columns, or with the same columns of hand-made objects.
param([ValidateSet('Module', 'Answer', 'Peer')] [string] $Side, [string] $Module, [string] $Address)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
$rows = if ($Side -eq 'Answer') { (Invoke-RestMethod "$Address/v1/instances" -Headers $headers).data } else { Get-PRInstance }
if ($Side -eq 'Peer') {
    # Select-Object reads the properties by the formatter's own code, which is therefore compiled and optimized before the first table of this side.
    $rows = $rows | Select-Object Id, Status, Gpu, Provider, Region, @{ Name = '$/h'; Expression = { $_.CostPerHour } }, @{ Name = 'Spot'; Expression = { if ($_.Spot) { 'spot' } } }, @{ Name = 'Up/Age'; Expression = { [PulseRun.Formatting]::UpOrAge($_) } }, Template
}
foreach ($name in 'ms', 'againMs') {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $text = switch ($Side) {
        'Module' { $rows | Out-String -Width 120 }
        'Answer' { $rows | Format-Table id, status, gpu, provider, region, cost_per_hour, spot, created_at, template | Out-String -Width 120 }
        'Peer' { $rows | Format-Table | Out-String -Width 120 }
    }
    "$name=$($clock.Elapsed.TotalMilliseconds)"
}
if ($text.Split("`n").Count -lt $rows.Count) { throw 'Rows are missing in the text.' }
