# Formats a fleet as text, with the module's table or with the same columns of hand-made objects.
param([ValidateSet('Module', 'Peer')] [string] $Side, [string] $Module, [string] $Address)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
$rows = Get-PRInstance
if ($Side -eq 'Peer') {
    $rows = $rows | Select-Object Id, Status, Gpu, Provider, Region, @{ Name = '$/h'; Expression = { $_.CostPerHour } }, @{ Name = 'Spot'; Expression = { if ($_.Spot) { 'spot' } } }, @{ Name = 'Up/Age'; Expression = { [PulseRun.Formatting]::UpOrAge($_) } }, Template
}
foreach ($name in 'ms', 'againMs') {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $text = if ($Side -eq 'Module') { $rows | Out-String -Width 120 } else { $rows | Format-Table | Out-String -Width 120 }
    "$name=$($clock.Elapsed.TotalMilliseconds)"
}
if ($text.Split("`n").Count -lt $rows.Count) { throw 'Rows are missing in the text.' }
