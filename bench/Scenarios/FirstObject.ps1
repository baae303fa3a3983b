# How long a pipeline waits for its first instance, after one call of 6.
param([ValidateSet('Module', 'Peer')] [string] $Side, [string] $Module, [string] $Warm, [string] $Address)
$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.Utility
$headers = @{ Authorization = 'Bearer pr_test_bench' }
if ($Side -eq 'Module') {
    Import-Module $Module
    $key = ConvertTo-SecureString 'pr_test_bench' -AsPlainText -Force
    Connect-PulseRun -BaseUri $Warm -ApiKey $key
    $null = Get-PRInstance
    Connect-PulseRun -BaseUri $Address -ApiKey $key
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
