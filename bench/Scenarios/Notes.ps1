# Reads a fleet on a machine with or without notes: the first call of the process, and the median of five more. With any -Fill, writes a note for each instance instead.
param([string] $Module, [string] $Address, [string] $Folder, [string] $Fill)
. $PSScriptRoot/Common.ps1
$env:PULSERUN_DATA_DIR = $Folder
Import-Module $Module
Connect-Bench $Address
if ($Fill) {
    Get-PRInstance | Set-PRInstance -Tag @{ team = 'nlp' } -Confirm:$false
    return
}
$times = foreach ($i in 0..5) {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $instances = Get-PRInstance
    $clock.Elapsed.TotalMilliseconds
}
$noted = $instances.Where{ $_.Tags }.Count
if ($noted -notin 0, $instances.Count -or [bool] $noted -ne (Test-Path $Folder)) { throw "$noted of $($instances.Count) instances have a note." }
"ms=$($times[0])"
"againMs=$(($times[1..5] | Sort-Object)[2])"
