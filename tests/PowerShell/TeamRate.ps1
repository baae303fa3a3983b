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
$root = Split-Path (Split-Path $PSScriptRoot)
Import-Module $Module
if (-not ('PulseRun.Tests.Shared.PostgresCluster' -as [type])) {
    Add-Type -Path (Join-Path $root 'tests/Shared/Postgres/PostgresCluster.cs') -IgnoreWarnings -WarningAction SilentlyContinue
}
. $PSScriptRoot/TeamWorld.ps1

$folder = Join-Path ([IO.Path]::GetTempPath()) "pulserun-rate-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
$shared = (New-Item -ItemType Directory (Join-Path $folder 'shared')).FullName
$cluster = [PulseRun.Tests.Shared.PostgresCluster]::StartAnother()
$world = [PulseRunTeamWorld]::new(1, $RequestsPerMinute, 60, 1)
$children = @()
try {
    $store = $cluster.Text($cluster.NewDatabase($null), 'pulserun')
    $null = Initialize-PRStore -Store $store
    foreach ($number in 1..$Hosts) {
        $child = Start-HostProcess (Join-Path $PSScriptRoot 'TeamHost.ps1') @{
            TEAM_RATE = 1; TEAM_MODULE = $Module; TEAM_HOST = $number; TEAM_CONTROL = $world.Control; TEAM_ADDRESS = $world.Address; TEAM_SHARED = $shared; TEAM_PARENT = $PID; TEAM_STORE = $store
            PULSERUN_DATA_DIR = (New-Item -ItemType Directory -Force "$folder/home$number").FullName; PULSERUN_STORE = ''; PULSERUN_API_KEY = ''; PULSERUN_BASE_URI = ''; PULSERUN_CLOCK_OFFSET = ''
        }
        chmod 700 "$folder/home$number"
        $world.SetProcess($number, $child.Id)
        $children += $child
    }
    $clock = [Diagnostics.Stopwatch]::StartNew()
    while ($world.Ready -lt $Hosts) {
        if ($clock.Elapsed.TotalSeconds -gt 600) { throw 'The hosts do not start.' }
        [Threading.Thread]::Sleep(20)
    }
    [IO.File]::WriteAllText("$shared/go", '')
    $clock.Restart()
    [Threading.Thread]::Sleep($Seconds * 1000)
    $seconds_ = $clock.Elapsed.TotalSeconds
    $accepted = @(foreach ($number in 1..$Hosts) { [int] $world.AcceptedBy["$number"] })
    $refused = $world.Refused
    [IO.File]::WriteAllText("$shared/end", '')
    # A host ends after the request that it waits for.
    foreach ($child in $children) { $null = $child.WaitForExit(240000) }
    $sum = ($accepted | Measure-Object -Sum).Sum
    $said = @($world.Lines | Where-Object { $_ -match ' rate ' } | ForEach-Object { [double]::Parse(($_ -split ' ')[-1], [cultureinfo]::InvariantCulture) })
    [pscustomobject]@{
        Hosts = $Hosts; Seconds = [Math]::Round($seconds_); Accepted = $sum; PerMinute = [Math]::Round(60 * $sum / $seconds_, 1); Refused = $refused; Most = $world.Largest
        RefusedPercent = [Math]::Round(100 * $refused / [Math]::Max(1, $sum + $refused), 2); ByHost = $accepted; OfUnknown = [int] $world.AcceptedBy['?']
        LeastOfFairShare = [Math]::Round(($accepted | Measure-Object -Minimum).Minimum * $Hosts / [Math]::Max(1, $sum), 2); LongestWait = ($said | Measure-Object -Maximum).Maximum; Problems = @($world.Failures); Lines = @($world.Lines)
    }
}
finally {
    foreach ($child in $children) { try { $child.Kill($true) } catch { } }
    $world.Dispose()
    $cluster.Stop()
    Remove-Item $folder -Recurse -Force -ErrorAction Ignore
}
