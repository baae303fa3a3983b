<#
.SYNOPSIS
Lets several processes with homes of their own send requests as fast as they may, with one key and one store of a team, against a server that enforces its limit strictly in a sliding minute.
.EXAMPLE
nice -n 15 ./tests/PowerShell/TeamRate.ps1 -Hosts 10 -Seconds 300
#>
param(
    [int] $Hosts = 5,
    [int] $Seconds = 180,
    [int] $RequestsPerMinute = 60,
    [string] $Module = (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'out/PulseRun')
)
$ErrorActionPreference = 'Stop'
. $PSScriptRoot/TeamWorld.ps1

$team = Start-TeamWorld rate $Module 1 $RequestsPerMinute 60 1
$world = $team.World
try {
    foreach ($number in 1..$Hosts) { Start-WorldHost $team $number @{ TEAM_RATE = 1; TEAM_STORE = $team.Store } }
    Wait-WorldHost $team $Hosts
    [IO.File]::WriteAllText("$($team.Shared)/go", '')
    $clock = [Diagnostics.Stopwatch]::StartNew()
    [Threading.Thread]::Sleep($Seconds * 1000)
    $seconds_ = $clock.Elapsed.TotalSeconds
    $accepted = @(foreach ($number in 1..$Hosts) { [int] $world.AcceptedBy["$number"] })
    $refused = $world.Refused
    [IO.File]::WriteAllText("$($team.Shared)/end", '')
    # A host ends after the request that it waits for.
    foreach ($child in $team.Hosts.Values) { $null = $child.WaitForExit(240000) }
    $sum = ($accepted | Measure-Object -Sum).Sum
    $said = @($world.Lines | Where-Object { $_ -match ' rate ' } | ForEach-Object { [double]::Parse(($_ -split ' ')[-1], [cultureinfo]::InvariantCulture) })
    [pscustomobject]@{
        Hosts = $Hosts; Seconds = [Math]::Round($seconds_); Accepted = $sum; PerMinute = [Math]::Round(60 * $sum / $seconds_, 1); Refused = $refused; Most = $world.Largest
        RefusedPercent = [Math]::Round(100 * $refused / [Math]::Max(1, $sum + $refused), 2); ByHost = $accepted; OfUnknown = [int] $world.AcceptedBy['?']
        LeastOfFairShare = [Math]::Round(($accepted | Measure-Object -Minimum).Minimum * $Hosts / [Math]::Max(1, $sum), 2); LongestWait = ($said | Measure-Object -Maximum).Maximum; Problems = @($world.Failures); Lines = @($world.Lines)
    }
}
finally { Stop-TeamWorld $team }
