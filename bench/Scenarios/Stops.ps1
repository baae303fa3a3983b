# Stopping a fleet that was just listed: by the module, or as one would without it.
param([ValidateSet('Module', 'Peer')] [string] $Side, [string] $Module, [string] $List, [string] $Address, [int] $Throttle)
$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.Utility
$headers = @{ Authorization = 'Bearer pr_test_bench' }
if ($Side -eq 'Module') {
    Import-Module $Module
    $key = ConvertTo-SecureString 'pr_test_bench' -AsPlainText -Force
    Connect-PulseRun -BaseUri $List -ApiKey $key
    $ids = (Get-PRInstance).Id
    Connect-PulseRun -BaseUri $Address -ApiKey $key
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
