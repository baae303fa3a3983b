# Measures how long a pipeline waits for its first instance, after one call that returns 6.
param([ValidateSet('Module', 'Peer')] [string] $Side, [string] $Module, [string] $Warm, [string] $Address)
. $PSScriptRoot/Common.ps1
if ($Side -eq 'Module') {
    Import-Module $Module
    Connect-Bench $Warm
    $null = Get-PRInstance
    Connect-Bench $Address
    $list = { Get-PRInstance }
}
else {
    $null = Invoke-RestMethod "$Warm/v1/instances" -Headers $headers
    $list = { (Invoke-RestMethod "$Address/v1/instances" -Headers $headers).data }
}
$first = $null
$clock = [Diagnostics.Stopwatch]::StartNew()
& $list | & { process { if ($null -eq $first) { $script:first = $clock.Elapsed.TotalMilliseconds; $first = 0 } } }
"ms=$first"
"allMs=$($clock.Elapsed.TotalMilliseconds)"
