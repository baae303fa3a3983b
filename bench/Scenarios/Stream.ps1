# Streams a fleet through a pipeline, to measure that nothing accumulates.
param([string] $Module, [string] $Address)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
$clock = [Diagnostics.Stopwatch]::StartNew()
Get-PRInstance | Out-Null
$clock.Stop()
"ms=$($clock.Elapsed.TotalMilliseconds)"
"peakMB=$([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64 / 1e6)"
