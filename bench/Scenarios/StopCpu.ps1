# Measures the processor time of stops against a server without delay, after three warm-ups, each until the runtime has nothing left to compile: in the background, it compiles hot methods twice, once to learn and once for good.
param([string] $Module, [string] $Address, [int] $Throttle, [int] $Warm, [int] $Count)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
$ids = @(0..($Count - 1)).ForEach{ 'inst_{0:x8}' -f $_ }
foreach ($round in 1..3) {
    $null = $ids[0..($Warm - 1)] | Stop-PRInstance -ThrottleLimit $Throttle -Confirm:$false
    do {
        $compiled = [Runtime.JitInfo]::GetCompiledMethodCount()
        Start-Sleep -Milliseconds 500
    } until ([Runtime.JitInfo]::GetCompiledMethodCount() -eq $compiled)
}
$cpu = [Environment]::CpuUsage.TotalTime
$clock = [Diagnostics.Stopwatch]::StartNew()
$stopped = $ids | Stop-PRInstance -ThrottleLimit $Throttle -Confirm:$false
"ms=$($clock.Elapsed.TotalMilliseconds)"
"cpuMsPer1000=$(([Environment]::CpuUsage.TotalTime - $cpu).TotalMilliseconds * 1000 / $Count)"
if ($stopped.Count -ne $Count) { throw "$($stopped.Count) of $Count were stopped." }
