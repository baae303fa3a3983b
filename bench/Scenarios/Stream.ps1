# A fleet that flows by: nothing may pile up.
param([string] $Module, [string] $Address)
$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.Utility
Import-Module $Module
Connect-PulseRun -BaseUri $Address -ApiKey (ConvertTo-SecureString 'pr_test_bench' -AsPlainText -Force)
$clock = [Diagnostics.Stopwatch]::StartNew()
Get-PRInstance | Out-Null
$clock.Stop()
"ms=$($clock.Elapsed.TotalMilliseconds)"
"peakMB=$([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1e6)"
