# Measures what a scheduled task waits for: the time from the start of the process to the first instance. The bench passes the start time in BENCH_STARTED.
param([ValidateSet('Module', 'Peer')] [string] $Side, [string] $Modules, [string] $Address)
$ErrorActionPreference = 'Stop'
$note = { process { if (-not $first) { $first = [Diagnostics.Stopwatch]::GetTimestamp() } } end { $script:first = $first } }
if ($Side -eq 'Module') {
    $env:PSModulePath = $Modules + [IO.Path]::PathSeparator + $env:PSModulePath
    $env:PULSERUN_BASE_URI = $Address
    $env:PULSERUN_API_KEY = 'pr_test_bench'
    Import-Module PulseRun
    Get-PRInstance | & $note
}
else {
    (Invoke-RestMethod "$Address/v1/instances" -Headers @{ Authorization = 'Bearer pr_test_bench' }).data | & $note
}
"ms=$(($first - [long] $env:BENCH_STARTED) * 1000 / [Diagnostics.Stopwatch]::Frequency)"
