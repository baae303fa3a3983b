# Stops a fleet that was just listed, with the module or with ForEach-Object -Parallel.
param([ValidateSet('Module', 'Peer')] [string] $Side, [string] $Module, [string] $List, [string] $Address, [int] $Throttle)
. $PSScriptRoot/Common.ps1
if ($Side -eq 'Module') {
    Import-Module $Module
    Connect-Bench $List
    $ids = (Get-PRInstance).Id
    Connect-Bench $Address
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $stopped = $ids | Stop-PRInstance -ThrottleLimit $Throttle -Confirm:$false
}
else {
    $ids = (Invoke-RestMethod "$List/v1/instances" -Headers $headers).data.id
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $stopped = $ids | ForEach-Object -ThrottleLimit $Throttle -Parallel { Invoke-RestMethod "$using:Address/v1/instances/$_/stop" -Method Post -Headers $using:headers }
}
$clock.Stop()
$wrong = $stopped.Where{ $_.Status -ne 'stopped' }
if ($stopped.Count -ne $ids.Count -or $wrong) { throw "$($stopped.Count) of $($ids.Count) were stopped." }
"ms=$($clock.Elapsed.TotalMilliseconds)"
