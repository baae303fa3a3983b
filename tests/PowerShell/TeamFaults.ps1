<#
.SYNOPSIS
Runs hosts as processes against one PostgreSQL behind PgBouncer and a service that counts, and does to them what happens to machines.
.DESCRIPTION
Each host has a home of its own and its own connections. The faults are chosen by the seed: kill -9 of a host, a pause by SIGSTOP, kill -9 of the database or of the pooler and their restart,
connections to the database that are cut or swallow everything, requests to the service that are cut before or after their effect. Most of them strike at a chosen moment: when a statement is sent
to the database or its answer comes back, or when a request of one kind arrives at the service.
Checks: no instance is stopped twice in one idle period by two runs, and none that works; MaxActions holds for all acts of runs that overlap and of other hosts in a minute; what was acknowledged is there at
the end; each launch has its own instance. The same run with -Hosts 1 shows how many requests are refused with one host.
.EXAMPLE
nice -n 15 ./tests/PowerShell/TeamFaults.ps1 -Faults 1000 -LaunchRounds 2
#>
param(
    [int] $Faults = 12,
    [int] $Hosts = 3,
    [int] $Fleet = 8,
    [int] $RequestsPerMinute = 60,
    [int] $MaxActions = 3,
    [int] $IdleSeconds = 20,
    [int] $Seed = 1,
    # The longest pause of a host, in seconds.
    [double] $LongestPause = 90,
    # The time between two faults, in seconds.
    [double] $Apart = 1,
    # Rounds in which two hosts launch the same at the same moment.
    [int] $LaunchRounds,
    [int] $LaunchesPerHost = 20,
    # The shortest time between two runs of a host, in milliseconds; the longest is twice as long.
    [int] $PauseMs = 5000,
    # The quiet time at the end, in seconds.
    [double] $Quiet = 20,
    # Each host uses the file of its own machine, to show that the checks find what goes wrong then.
    [switch] $WithoutTeam,
    # Writes a line for each fault.
    [string] $Log,
    [string] $Module = (Join-Path (Split-Path (Split-Path $PSScriptRoot)) 'out/PulseRun')
)
$ErrorActionPreference = 'Stop'
. $PSScriptRoot/TeamWorld.ps1

$random = [Random]::new($Seed)
$whole = [Diagnostics.Stopwatch]::StartNew()
function Write-Line([string] $Text) { if ($Log) { [IO.File]::AppendAllText($Log, ('{0,7:0.0} {1}' -f $whole.Elapsed.TotalSeconds, $Text) + "`n") } }
$team = Start-TeamWorld faults $Module $Fleet $RequestsPerMinute $IdleSeconds $Seed
$folder, $shared, $cluster, $world, $children, $database, $direct = $team.Folder, $team.Shared, $team.Cluster, $team.World, $team.Hosts, $team.Database, $team.Store
$bouncer = $null
$counts = [ordered]@{}
$problems = [Collections.Generic.List[string]]::new()
$previous = @{}
try {
    $bouncer = Start-Bouncer $cluster.Port $database (Join-Path $folder 'bouncer')

    $ports = @{}
    $starts = 0
    function Start-One([int] $Number) {
        if (-not $ports[$Number]) { $ports[$Number] = $world.AddProxy($bouncer.Port) }
        $script:starts++
        Start-WorldHost $team $Number @{
            TEAM_IDLE = "00:00:$IdleSeconds"; TEAM_MAX = $MaxActions; TEAM_PAUSE_MS = $PauseMs; TEAM_DEBUG = $env:TEAM_DEBUG
            TEAM_STORE = $(if (-not $WithoutTeam) { "Host=127.0.0.1;Port=$($ports[$Number]);Database=$database;Username=pulserun" })
        }
    }
    function Restart-Dead {
        foreach ($number in @($children.Keys)) {
            $child = $children[$number]
            if ($child.HasExited) {
                if ($child.ExitCode -ne 137) { $problems.Add("host$number ended by itself with $($child.ExitCode)") }
                $world.Forget($child.Id)
                Start-One $number
            }
        }
    }
    foreach ($number in 1..$Hosts) { Start-One $number }
    Wait-WorldHost $team $Hosts
    $limit = [Diagnostics.Stopwatch]::StartNew()
    # Two readings of each instance lie so far back that the first run can act.
    $back = if ($WithoutTeam) { @() } else { ($IdleSeconds + 25), ($IdleSeconds + 3) }
    foreach ($seconds in $back) {
        foreach ($pair in @{ PULSERUN_API_KEY = 'pr_test_0123456789abcdef'; PULSERUN_BASE_URI = $world.Address; PULSERUN_CLOCK_OFFSET = "-00:00:$seconds"; PULSERUN_STORE = $direct; PULSERUN_DATA_DIR = "$folder/driver" }.GetEnumerator()) {
            if (-not $previous.ContainsKey($pair.Key)) { $previous[$pair.Key] = [Environment]::GetEnvironmentVariable($pair.Key) }
            [Environment]::SetEnvironmentVariable($pair.Key, $pair.Value)
        }
        Disconnect-PulseRun
        $world.Back = $seconds
        $null = Get-PRIdleInstance -For "00:00:$IdleSeconds" -MinSamples 1 -WarningAction SilentlyContinue
    }
    Disconnect-PulseRun
    [Environment]::SetEnvironmentVariable('PULSERUN_CLOCK_OFFSET', $previous['PULSERUN_CLOCK_OFFSET'])
    $world.Back = 0
    [IO.File]::WriteAllText("$shared/go", '')
    # Faults count from the moment at which all hosts work.
    while ($world.Ended -lt $Hosts) {
        if ($limit.Elapsed.TotalSeconds -gt 600) { throw "The hosts do not begin: $($world.Overall()) $($world.Failures)" }
        [Threading.Thread]::Sleep(50)
    }

    $moments = 'db:COMMIT', 'db:cleanup_run', 'db:cleanup_act', 'db:pulserun.lease', 'db:rate_block', 'db:leased_until', 'db:COPY pulserun.sample', 'db:pulserun.state', 'db:cleanup_act', 'db:pulserun.lease', 'api:stop', 'api:metrics', 'api:list', 'api:stop'
    $kinds = @{ HostKill = 18; HostPause = 18; DatabaseKill = 8; PoolerKill = 4; DatabaseCut = 26; DatabaseSilent = 6; ServiceCut = 20 }
    $bag = foreach ($kind in $kinds.Keys | Sort-Object) { , $kind * $kinds[$kind] }
    $roundsDone = 0
    for ($fault = 1; $fault -le $Faults; $fault++) {
        Restart-Dead
        if ($LaunchRounds -and $roundsDone -lt $LaunchRounds -and $fault -ge ($roundsDone + 0.5) * $Faults / $LaunchRounds) {
            $roundsDone++
            [IO.File]::WriteAllText("$shared/launch-$roundsDone.tmp", "$([DateTimeOffset]::UtcNow.AddSeconds(25).ToUnixTimeMilliseconds()) $LaunchesPerHost")
            [IO.File]::Move("$shared/launch-$roundsDone.tmp", "$shared/launch-$roundsDone.go")
            Write-Line "launch round $roundsDone"
        }
        $kind = $bag[$random.Next($bag.Count)]
        $number = $random.Next($Hosts) + 1
        $moment = $moments[$random.Next($moments.Count)]
        $after = $random.Next(2) -eq 1
        $isAtOnce = $random.Next(5) -eq 0
        $detail = "$kind host$number $moment $($after ? 'after' : 'before')"
        switch ($kind) {
            { $_ -in 'HostKill', 'HostPause', 'DatabaseCut', 'DatabaseSilent' } {
                # Most pauses are short, and some as long as the longest one.
                $seconds = if ($kind -eq 'DatabaseSilent') { 1 + 7 * $random.NextDouble() } elseif ($random.Next(8) -eq 0) { $LongestPause } else { [Math]::Min($LongestPause, -8 * [Math]::Log(1 - $random.NextDouble())) }
                $effect = @{ HostKill = 'kill'; HostPause = 'pause'; DatabaseCut = 'cut'; DatabaseSilent = 'swallow' }[$kind]
                $world.Arm($moment, $after, $number, $effect, $seconds)
                $clock = [Diagnostics.Stopwatch]::StartNew()
                while (-not $isAtOnce -and -not $world.Struck -and $clock.Elapsed.TotalSeconds -lt 3) { [Threading.Thread]::Sleep(20) }
                $isAimed = [bool] $world.Struck
                $struck = $world.Disarm()
                $detail += " -> host$struck $($isAimed ? 'at the moment' : 'at any moment')$(if ($kind -in 'HostPause', 'DatabaseSilent') { ' {0:0} s' -f $seconds })"
            }
            DatabaseKill {
                $world.Arm($moment, $after, $number, 'none', 0)
                $clock = [Diagnostics.Stopwatch]::StartNew()
                while (-not $isAtOnce -and -not $world.Struck -and $clock.Elapsed.TotalSeconds -lt 3) { [Threading.Thread]::Sleep(5) }
                $null = $world.Disarm()
                $cluster.Kill()
                [Threading.Thread]::Sleep($random.Next(1500))
                $cluster.Start()
            }
            PoolerKill {
                [PulseRunTeamWorld]::Signal([int] (pgrep -P $bouncer.Process.Id | Select-Object -First 1), 9)
                $bouncer.Process.Kill($true)
                $bouncer.Process.WaitForExit()
                $bouncer = Start-Bouncer $cluster.Port $database $bouncer.Folder $bouncer.Port
            }
            ServiceCut {
                $what = 'stop', 'stop', 'metrics', 'list', 'any', 'launch' | Select-Object -Index $random.Next($LaunchRounds ? 6 : 5)
                $how = 'before', 'after', 'late', 'slow' | Select-Object -Index $random.Next(4)
                $world.FailNext($what, $how, $(if ($how -eq 'slow') { 2 + 13 * $random.NextDouble() } else { 1 + 3 * $random.NextDouble() }))
                $clock = [Diagnostics.Stopwatch]::StartNew()
                while (-not $world.HasFailed -and $clock.Elapsed.TotalSeconds -lt 8) { [Threading.Thread]::Sleep(20) }
                if (-not $world.HasFailed) {
                    $world.FailNext('any', $how, 3)
                    while (-not $world.HasFailed -and $clock.Elapsed.TotalSeconds -lt 60) { [Threading.Thread]::Sleep(20) }
                }
                $detail = "$kind $what $how"
            }
        }
        $counts[$kind] = 1 + [int] $counts[$kind]
        Write-Line "$fault $detail"
        if ($fault % 25 -eq 0) { Write-Line "== $($world.Overall()); doubles $($world.Doubles.Count), wrong $($world.Wrong.Count), too many $($world.TooMany($MaxActions).Count), restarts $starts" }
        [Threading.Thread]::Sleep([int] (1000 * $Apart * 2 * $random.NextDouble()))
    }

    # Without faults, all hosts work again.
    foreach ($number in @($children.Keys)) { [PulseRunTeamWorld]::Signal($children[$number].Id, 18) }
    Restart-Dead
    $before = $world.Stops
    [Threading.Thread]::Sleep([int] ($Quiet * 1000))
    [IO.File]::WriteAllText("$shared/end", '')
    $limit = [Diagnostics.Stopwatch]::StartNew()
    foreach ($number in @($children.Keys)) {
        [PulseRunTeamWorld]::Signal($children[$number].Id, 18)
        if (-not $children[$number].WaitForExit([int] [Math]::Max(1, 240000 - $limit.ElapsedMilliseconds))) { $problems.Add("host$number does not end") }
    }

    # All acknowledged writes are there, and at most the one attempt after them.
    if (-not $WithoutTeam) {
        $protections = @{}
        Connect-PulseRun -ApiKey (ConvertTo-SecureString 'pr_test_0123456789abcdef' -AsPlainText -Force) -BaseUri $world.Address -Store $direct -TimeoutSec 20
        Get-PRProtection | ForEach-Object { $protections[$_.Id] = $_.Reason }
        foreach ($number in 1..$Hosts) {
            $file = "$folder/home$number/acknowledged"
            if (Test-Path $file) {
                $said = [int] (Get-Content $file)
                $kept = [int] $protections["marker_$number"]
                if ($kept -lt $said) { $problems.Add("host$number wrote $said, and the store has $kept") }
            }
        }
        # The same limit by the times at which the database granted the acts. Each stop that arrived must be among them.
        $granted = $cluster.Sql($database, @"
WITH act AS (SELECT a.run, r.host, a.began FROM pulserun.cleanup_act a JOIN pulserun.cleanup_run r ON r.id = a.run)
SELECT count(*) || ' ' || count(*) FILTER (WHERE $MaxActions < (SELECT count(*) FROM act y WHERE y.began <= x.began AND (y.run = x.run OR (y.host <> x.host AND y.began > x.began - interval '1 minute')))) FROM act x
"@) -split ' '
        if ([int] $granted[1]) { $problems.Add("the store granted $($granted[1]) acts beyond MaxActions") }
        if ([int] $granted[0] -lt $world.Stops) { $problems.Add("$($world.Stops) stops arrived, and the store granted $($granted[0])") }
        $openAtEnd = 0
        if ($LaunchRounds) {
            foreach ($try in 1..12) {
                $null = Resolve-PRLaunch -Confirm:$false -ErrorAction SilentlyContinue -WarningAction SilentlyContinue
                $openAtEnd = [int] $cluster.Sql($database, 'SELECT count(*) FROM pulserun.launch WHERE outcome IS NULL')
                if (-not $openAtEnd) { break }
                [Threading.Thread]::Sleep(10000)
            }
        }
        $rows = @($cluster.Sql($database, "SELECT intent || ' ' || coalesce(instance, '-') || ' ' || coalesce(outcome::text, '-') FROM pulserun.launch") -split "`n" | Where-Object { $_ })
        # Equal launches without an answer may share out their instances in any way, but each instance has one launch, and none is left over.
        $claimed = @($rows | ForEach-Object { ($_ -split ' ')[1] } | Where-Object { $_ -ne '-' })
        $named = @($claimed | Sort-Object -Unique).Count
        if ($named -lt $claimed.Count) { $problems.Add("of $($claimed.Count) launches, $($claimed.Count - $named) share an instance") }
        foreach ($instance in $claimed) { if ($instance -notin $world.Launches.Values) { $problems.Add("$instance was launched by none of the hosts") } }
        $exact = @($rows | Where-Object { $intent, $instance = $_ -split ' '; $world.Launches[$intent] -and $world.Launches[$intent] -eq $instance }).Count
    }
    foreach ($text in $world.Failures) { $problems.Add($text) }
    $lines = @($world.Lines)
    [pscustomobject]@{
        Faults = ($counts.Values | Measure-Object -Sum).Sum; Kinds = [pscustomobject] $counts; Hosts = $Hosts; HostStarts = $starts; Seconds = [Math]::Round($whole.Elapsed.TotalSeconds)
        Stops = $world.Stops; StopsWhenQuiet = $world.Stops - $before; Repeats = $world.Repeats; Doubles = @($world.Doubles); Wrong = @($world.Wrong); TooMany = @($world.TooMany($MaxActions)); RunsWithActs = $world.RunsWithActs; OverlappingRuns = $world.Overlapping
        Requests = $world.Requests; Refused = $world.Refused; Most = $world.Largest; Readings = $world.Readings; ReadTwice = $world.ReadTwice; Cuts = $world.Cuts
        Launched = $world.Launched; SentTwice = @($world.SentTwice); Named = [int] $named; NamedExactly = [int] $exact; OpenLaunches = [int] $openAtEnd; Problems = @($problems); Summary = $world.Overall(); Lines = $lines
    }
}
finally {
    if ($bouncer) { try { $bouncer.Process.Kill($true) } catch { } }
    Disconnect-PulseRun
    foreach ($name in $previous.Keys) { [Environment]::SetEnvironmentVariable($name, $previous[$name]) }
    Stop-TeamWorld $team
}
