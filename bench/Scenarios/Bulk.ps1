# Measures how the time of stops grows with their number.
param([string] $Module, [string] $Address)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
$ids = @(0..9999).ForEach{ 'inst_{0:x8}' -f $_ }
$null = $ids | Stop-PRInstance -Confirm:$false
foreach ($count in 100, 1000, 10000) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $stopped = $ids[0..($count - 1)] | Stop-PRInstance -Confirm:$false
    "ms$count=$($clock.Elapsed.TotalMilliseconds)"
    if ($stopped.Count -ne $count) { throw "$($stopped.Count) of $count were stopped." }
}
