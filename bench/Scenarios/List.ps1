# Reads a whole fleet into a variable, in the first call of the process and, with the module, once more. Peak memory is read after the first.
param([ValidateSet('Module', 'Peer', 'WebRequest')] [string] $Side, [string] $Module, [string] $Address, [int] $Count)
. $PSScriptRoot/Common.ps1
if ($Side -eq 'Module') {
    Import-Module $Module
    Connect-Bench $Address
}
$list = switch ($Side) {
    Module { { Get-PRInstance } }
    Peer { { (Invoke-RestMethod "$Address/v1/instances" -Headers $headers).data } }
    WebRequest { { ((Invoke-WebRequest "$Address/v1/instances" -Headers $headers).Content | ConvertFrom-Json).data } }
}
foreach ($name in $Side -eq 'Module' ? ('ms', 'againMs') : 'ms') {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $instances = & $list
    $clock.Stop()
    if ($instances.Count -ne $Count) { throw "Not $Count but $($instances.Count) instances came." }
    "$name=$($clock.Elapsed.TotalMilliseconds)"
    if ($name -eq 'ms') { "peakMB=$([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1e6)" }
}
