# One host of TeamFaults.ps1: a process with a home of its own that cleans up the fleet again and again, writes a protection after each run, and launches when a round of launches begins.
# With TEAM_RATE it is one of TeamRate.ps1: it sends one request after another.
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module $env:TEAM_MODULE
$number, $control, $shared = $env:TEAM_HOST, $env:TEAM_CONTROL, $env:TEAM_SHARED
$http = [Net.Http.HttpClient]::new()
function Send-Word([string] $What, [string] $Text) {
    $query = "$control/${What}?host=$number&pid=$PID"
    if ($Text) { $query += "&text=$([uri]::EscapeDataString($Text))" }
    try { $null = $http.GetStringAsync($query).GetAwaiter().GetResult() } catch { }
}
function Get-Names($Errors) { @($Errors | Where-Object { $_ -is [Management.Automation.ErrorRecord] } | ForEach-Object { ($_.FullyQualifiedErrorId -split ',')[0] } | Group-Object | ForEach-Object { "$($_.Name)x$($_.Count)" }) -join ' ' }

$connect = @{ ApiKey = (ConvertTo-SecureString 'pr_test_0123456789abcdef' -AsPlainText -Force); BaseUri = $env:TEAM_ADDRESS; TimeoutSec = 20 }
if ($env:TEAM_STORE) { $connect.Store = $env:TEAM_STORE }
Connect-PulseRun @connect
$cleanup = @{ IdleFor = $env:TEAM_IDLE; MinSamples = 1; MaxGap = '00:00:45'; Jitter = '00:00:00'; MaxActions = [int] $env:TEAM_MAX; Gpu = 'h100_80gb' }
$acknowledged = Join-Path $env:PULSERUN_DATA_DIR 'acknowledged'
$run = if ([IO.File]::Exists($acknowledged)) { [int] [IO.File]::ReadAllText($acknowledged) + 1000 } else { 0 }
Send-Word ready
while (-not [IO.File]::Exists("$shared/go") -and [IO.Directory]::Exists("/proc/$($env:TEAM_PARENT)")) { [Threading.Thread]::Sleep(20) }
if ($env:TEAM_RATE) {
    $count, $longest, $failures = 0, 0, 0
    while ([IO.Directory]::Exists("/proc/$($env:TEAM_PARENT)") -and -not [IO.File]::Exists("$shared/end")) {
        $one = [Diagnostics.Stopwatch]::StartNew()
        try { $null = Get-PRInstance inst_000; $count++ } catch { $failures++ }
        $longest = [Math]::Max($longest, $one.Elapsed.TotalSeconds)
    }
    Send-Word end ('rate {0} {1} {2:0.0}' -f $count, $failures, $longest)
    return
}
while ([IO.Directory]::Exists("/proc/$($env:TEAM_PARENT)") -and -not [IO.File]::Exists("$shared/end")) {
    $run++
    Send-Word begin
    $ended = $null
    $errors = @()
    try { $done = @(Invoke-PRCleanup @cleanup -Confirm:$false -ErrorAction SilentlyContinue -WarningAction SilentlyContinue -ErrorVariable errors) } catch { $ended = $_; $done = @() }
    # Counts the acts of the cleanup, and its reasons for leaving other instances alone.
    $acts = @($done | Group-Object { "$($_.Action)/$($_.Reason)" } | ForEach-Object { "$($_.Name)x$($_.Count)" }) -join ' '
    if ($env:TEAM_DEBUG) { $acts += ' | ' + (@($done | ForEach-Object { "$($_.VerdictReason)" } | Group-Object | ForEach-Object { "$($_.Name)x$($_.Count)" }) -join ' ') + ' | ' + ((@($errors) + @($ended) | Where-Object { $_ } | ForEach-Object { "$_" }) -join ' | ') }
    $names = Get-Names (@($errors) + @($ended))
    Send-Word end $(if ($acts -or $names) { "$acts $names" })
    try {
        # An acknowledged write must be there at the end, whatever happened to the connection meanwhile.
        $null = Protect-PRInstance "marker_$number" -Reason "$run" -Confirm:$false
        [IO.File]::WriteAllText("$acknowledged.new", "$run")
        [IO.File]::Move("$acknowledged.new", $acknowledged, $true)
    }
    catch { Send-Word note "protect: $(($_.FullyQualifiedErrorId -split ',')[0])" }
    foreach ($file in [IO.Directory]::GetFiles($shared, 'launch-*.go')) {
        $mine = "$file.$number"
        if ([IO.File]::Exists($mine) -or $number -notin '1', '2') { continue }
        [IO.File]::WriteAllText($mine, 'started')
        $at, $count = [IO.File]::ReadAllText($file) -split ' '
        while ([DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() -lt [long] $at) { [Threading.Thread]::Sleep(2) }
        $errors = @()
        try { $launched = @(New-PRInstance rtx_4090 pytorch -Count ([int] $count) -SettleSec 5 -Confirm:$false -ErrorAction SilentlyContinue -WarningAction SilentlyContinue -ErrorVariable errors) } catch { $errors = @($_); $launched = @() }
        [IO.File]::WriteAllLines("$mine.done", [string[]] @($launched | ForEach-Object Id))
        Send-Word note "launched $($launched.Count) $(Get-Names $errors)"
    }
    [Threading.Thread]::Sleep([Random]::Shared.Next([int] $env:TEAM_PAUSE_MS, 2 * [int] $env:TEAM_PAUSE_MS))
}
