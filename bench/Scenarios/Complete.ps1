# Measures tab completion of ids from a list that was just read.
param([string] $Module, [string] $Address)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
$null = Get-PRInstance
foreach ($name in 'firstMs', 'ms') {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $found = (TabExpansion2 -inputScript 'Stop-PRInstance -Id inst_' -cursorColumn 25).CompletionMatches
    "$name=$($clock.Elapsed.TotalMilliseconds)"
}
"matches=$($found.Count)"
if (-not $found) { throw 'Nothing was completed.' }
