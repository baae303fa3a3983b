# Measures the processor time of stops against a server without delay, after a warm-up that compiles the code.
param([string] $Module, [string] $Address, [int] $Throttle, [int] $Warm, [int] $Count)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
$ids = @(0..($Count - 1)).ForEach{ 'inst_{0:x8}' -f $_ }
$null = $ids[0..($Warm - 1)] | Stop-PRInstance -ThrottleLimit $Throttle -Confirm:$false
$cpu = [Environment]::CpuUsage.TotalTime
$clock = [Diagnostics.Stopwatch]::StartNew()
$stopped = $ids | Stop-PRInstance -ThrottleLimit $Throttle -Confirm:$false
"ms=$($clock.Elapsed.TotalMilliseconds)"
"cpuMsPer1000=$(([Environment]::CpuUsage.TotalTime - $cpu).TotalMilliseconds * 1000 / $Count)"
if ($stopped.Count -ne $Count) { throw "$($stopped.Count) of $Count were stopped." }
