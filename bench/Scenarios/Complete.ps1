# Tab on ids, from what a list has just shown.
param([string] $Module, [string] $Address)
$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.Utility
Import-Module $Module
Connect-PulseRun -BaseUri $Address -ApiKey (ConvertTo-SecureString 'pr_test_bench' -AsPlainText -Force)
$null = Get-PRInstance
foreach ($name in 'firstMs', 'ms') {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $found = (TabExpansion2 -inputScript 'Stop-PRInstance -Id inst_' -cursorColumn 25).CompletionMatches
    "$name=$($clock.Elapsed.TotalMilliseconds)"
}
"matches=$($found.Count)"
if (-not $found) { throw 'Nothing was completed.' }
