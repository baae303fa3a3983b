# Selects the running half of a fleet, by the cmdlet or with Where-Object.
param([ValidateSet('Status', 'WhereObject')] [string] $Side, [string] $Module, [string] $Address, [int] $Count)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
$list = if ($Side -eq 'Status') { { Get-PRInstance -Status running } } else { { Get-PRInstance | Where-Object Status -eq running } }
foreach ($name in 'ms', 'againMs') {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $instances = & $list
    $clock.Stop()
    if ($instances.Count -ne $Count / 2) { throw "Not half of $Count but $($instances.Count) instances came." }
    "$name=$($clock.Elapsed.TotalMilliseconds)"
}
