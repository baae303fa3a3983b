# Measures tab completion of ids: from a list that was just read, or with any -Cold as the first thing that a process asks the server.
param([string] $Module, [string] $Address, [string] $Cold)
. $PSScriptRoot/Common.ps1
Import-Module $Module
Connect-Bench $Address
if ($Cold) {
    # A session has completed other words before, as PSReadLine does at each prompt.
    $null = TabExpansion2 -inputScript 'Get-ChildItem -Pa' -cursorColumn 17
}
else { $null = Get-PRInstance }
foreach ($name in 'firstMs', 'ms') {
    $clock = [Diagnostics.Stopwatch]::StartNew()
    $found = (TabExpansion2 -inputScript 'Stop-PRInstance -Id inst_' -cursorColumn 25).CompletionMatches
    "$name=$($clock.Elapsed.TotalMilliseconds)"
    # At the first Tab the time limit of a completion may pass before the list is there, on a slow or busy machine. The next completion has it.
    "$($name)Empty=$([int] -not $found)"
}
if (-not $found) { throw 'Nothing was completed.' }
