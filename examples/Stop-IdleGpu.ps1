#Requires -Version 5.1
<#
.SYNOPSIS
    Stops GPU instances that are proven idle. For a scheduled task: run it every minute.
.DESCRIPTION
    Runs Invoke-PRCleanup once: it reads the running instances and stops those whose GPUs were idle for all of -IdleFor.
    The proof uses the readings of earlier runs, which are stored on this machine (PULSERUN_DATA_DIR). So the first
    stop happens at the earliest -IdleFor after the first run, and a pause in the schedule restarts the proof.

    Register-PRCleanup registers this script with the scheduler of this machine. examples/schedule/ contains files to do that by hand.

    The key comes from PULSERUN_API_KEY, or from a profile that Connect-PulseRun -Save has written for the same user.
    Two hosts may run it at the same time. Each should have its own history.

    With -WarnAfter it warns before a stop, and with -BeforeStop it runs a command on the instance before it is stopped. See about_PulseRun_Ladder.

    It writes one line for each instance that it warned of, stopped or removed, with its price, one summary line, and one line
    for each error and each warning. With -Quiet it writes nothing when nothing had to be done, so that cron sends no mail.

    Exit codes
      0  nothing to do
      1  stopped or removed something (with -WhatIf: would have)
      2  something failed: a stop was rejected, the list could not be read, or a parameter or the audit file is invalid
      3  metrics outage: too few instances gave a reading, so nothing was stopped
      4  not connected: there is no key, the key was rejected, or the server cannot be reached
      5  the store of readings cannot be used

    To register it by hand, use one of these files in examples/schedule/.

      Windows Task Scheduler   Register-IdleGpuTask.ps1 (Register-ScheduledTask, every minute, as you)
      systemd                  stop-idle-gpu.service and stop-idle-gpu.timer
      cron                     stop-idle-gpu.crontab
      GitHub Actions           stop-idle-gpu.yml (the key is a secret, the history is kept in the cache)
.EXAMPLE
    ./Stop-IdleGpu.ps1 -WhatIf

    Takes readings and writes which instances it would stop. Use this for some time before the first real run.
.EXAMPLE
    ./Stop-IdleGpu.ps1 -IdleFor 00:30 -Exclude inst_demo* -AuditPath ~/pulserun-audit.jsonl

    Stops instances that were idle for half an hour, except those whose id begins with inst_demo, and writes a line of JSON for each act.
.EXAMPLE
    ./Stop-IdleGpu.ps1 -RemoveStoppedAfter 7.00:00

    Also removes instances that were stopped for seven days, including their disks. It does not ask for confirmation, because a scheduled task cannot answer.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The time that an instance must have been idle (default 00:30:00). Run the script every minute, or at least every -IdleFor / 20.
    [timespan] $IdleFor = '00:30:00',

    # Only ends lifetimes (New-PRInstance -Lifetime) and obeys off hours: one list, no readings. -IdleFor is not used. Without this switch, the run does both.
    [switch] $Lifetimes,

    # Warns this long before a lifetime ends (default 00:15:00). The receiver is the address in -NotifyUriFile or in PULSERUN_NOTIFY_URI, if there is one.
    [timespan] $WarnBeforeExpiry,

    # Starts instances that were stopped for their off hours when these are over.
    [switch] $StartAfterOffHours,

    # Removes instances, with their disks, that were stopped for at least this time. Default: removes none.
    [timespan] $RemoveStoppedAfter,

    # The ids of instances not to change. Wildcards and several ids with commas between them are allowed. Protect-PRInstance does the same permanently.
    [string[]] $Exclude,

    # The largest number of instances that one run stops or removes (default 10).
    [int] $MaxActions = 10,

    # The largest share of the running instances, in percent, that one run stops or removes. One is always allowed. Default: no such limit.
    [double] $MaxActionPercent,

    # Warns before a stop, when an instance has been idle for this time (shorter than -IdleFor). It is stopped only after its warning was delivered,
    # and at the earliest -IdleFor minus -WarnAfter later. The receiver is the address in -NotifyUriFile or in PULSERUN_NOTIFY_URI. The address is a
    # secret, so there is no parameter for it: other users of the machine can see command lines.
    [timespan] $WarnAfter,

    # The path of a file that contains the https address for notifications. Only your user should be able to read it.
    [string] $NotifyUriFile,

    # The format of notifications: Json (default), Slack or Teams.
    [ValidateSet('Json', 'Slack', 'Teams')]
    [string] $NotifyFormat,

    # A command that runs on an instance, by ssh, before it is stopped.
    [string] $BeforeStop,

    # The time limit of -BeforeStop, in seconds (default 300).
    [int] $BeforeStopTimeoutSec,

    # The action when -BeforeStop fails: Skip (default) leaves the instance running, Stop stops it anyway.
    [ValidateSet('Skip', 'Stop')]
    [string] $OnHookFailure,

    # Ssh asks each instance by ssh before it is stopped or warned of.
    [ValidateSet('Ssh')]
    [string] $Probe,

    # The path of the private key for ssh. Default: the file of the profile, otherwise the default files of ssh.
    [string] $IdentityFile,

    # The path of an audit file, which gets a line of JSON for each decision to stop or remove. Each run opens it again, so logrotate may move it.
    [string] $AuditPath,

    # Actions (default) or All. With All the audit file gets a line for each instance and run, which can be megabytes a day.
    [ValidateSet('Actions', 'All')]
    [string] $AuditLevel,

    # A file for Prometheus, which each run replaces with the metrics of the fleet, without more requests. See about_PulseRun_Monitoring.
    [string] $MetricsPath,

    # Adds the metrics of each instance to it, with the id as a label.
    [switch] $MetricsPerInstance,

    # Warns when the credit lasts shorter than this, and notifies the receiver once and then once a day. Costs one more request.
    [timespan] $WarnRunway,

    # The GPU utilisation, in percent, at or above which a GPU is busy (default 5).
    [double] $GpuBelow,

    # The number of readings that the proof needs (default 20), or Auto. With fewer, an intermittent load is missed more often.
    [string] $MinSamples,

    # The longest allowed gap between two readings (default -IdleFor / 6).
    [timespan] $MaxGap,

    # Ignores GPU memory in use. Without this switch, an instance that uses 50 % or more of its GPU memory does not count as idle.
    [switch] $IgnoreMemory,

    # The share of instances without readings, in percent, above which nothing is stopped (default 50).
    [double] $MaxUnknownPercent,

    # The number of requests that the list and the readings may use (default 60). The rest of the key's limit is left to other commands.
    [int] $RequestBudget,

    # The longest random delay of a reading (default 15 s). It keeps the readings from aliasing with a periodic workload.
    [timespan] $Jitter,

    # The saved profile to use, even if PULSERUN_API_KEY is set. Default: that key, otherwise the default profile.
    [string] $ProfileName,

    # The folder for readings and profiles. Default: PULSERUN_DATA_DIR.
    [string] $DataDir,

    # The database that a team shares, without a password: that comes from PGPASSFILE, ~/.pgpass or a service file. Default: PULSERUN_STORE. A profile with a store keeps its own.
    [string] $Store,

    # Writes nothing when nothing had to be done (exit code 0).
    [switch] $Quiet,

    # The name or the path of the module, such as ../out/PulseRun. Default: the module that contains this script, otherwise PulseRun.
    [string] $Module
)
# The error of one instance is counted, and the other instances are still processed.
$ErrorActionPreference = 'Continue'
# A progress bar must not be written to a log.
if ([Console]::IsOutputRedirected) { $ProgressPreference = 'SilentlyContinue' }

# Parameters that were specified are passed on; for others the defaults of the cmdlet apply. Errors and warnings are written below, one line each.
$cleanup = @{ IdleFor = $IdleFor; MaxActions = $MaxActions; WhatIf = [bool] $WhatIfPreference; Confirm = $false }
$own = 'Module', 'Lifetimes', 'ProfileName', 'DataDir', 'Store', 'Quiet', 'ErrorVariable', 'OutVariable', 'WarningVariable', 'ErrorAction', 'WarningAction'
foreach ($name in $PSBoundParameters.Keys) {
    if ($name -notin $own) { $cleanup[$name] = $PSBoundParameters[$name] }
}
if ($Lifetimes) { $cleanup.Remove('IdleFor') }
# With pwsh -File, 'a,b' is one string. As one pattern it would match no instance.
if ($Exclude) { $cleanup.Exclude = @($Exclude -split ',' | ForEach-Object { $_.Trim() } | Where-Object { $_ }) }
if (-not $Module) {
    $sibling = Join-Path $PSScriptRoot 'PulseRun.psd1'
    $Module = if (Test-Path -LiteralPath $sibling) { $sibling } else { 'PulseRun' }
}

$ended = $null
$failures = $null
$warnings = $null
$actions = New-Object System.Collections.ArrayList
try {
    if ($DataDir) { $env:PULSERUN_DATA_DIR = $DataDir }
    if ($Store) { $env:PULSERUN_STORE = $Store }
    # -WhatIf of this script sets $WhatIfPreference, which commands that run during Import-Module would obey.
    $WhatIfPreference = $false
    if (-not (Get-Module PulseRun)) { Import-Module $Module -ErrorAction Stop }
    if ($ProfileName) { Connect-PulseRun -Profile $ProfileName -ErrorAction Stop }
    # Collected one by one, so that an error that ends the run does not lose the actions before it.
    Invoke-PRCleanup @cleanup -ErrorAction SilentlyContinue -ErrorVariable failures -WarningAction SilentlyContinue -WarningVariable warnings |
        ForEach-Object { $null = $actions.Add($_) }
}
catch {
    # Reported below as one line and in the exit code, without a stack trace.
    $ended = $_
}

# Returns a text as one line without control characters, such as those of escape sequences.
function ConvertTo-Line([string] $Text) { ($Text -replace '[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+', ' ').Trim() }

# Returns one line about an act, with the GPU, the provider and the price of the instance.
function Format-Act($Act) {
    $what = @{ Stopped = 'Stopped'; Removed = 'Removed'; WouldStop = 'Would stop'; WouldRemove = 'Would remove'; Started = 'Started'; WouldStart = 'Would start'; Warned = 'Warned of the stop of'; WouldWarn = 'Would warn of the stop of' }["$($Act.Action)"]
    $price = if ($null -eq $Act.CostPerHour) { '? $/h' } else { [string]::Format([cultureinfo]::InvariantCulture, '{0:0.00##} $/h', $Act.CostPerHour) }
    ConvertTo-Line "$what $($Act.Id) ($((@($Act.Gpu, $Act.Provider, $price) | Where-Object { $_ }) -join ', ')): $($Act.Reason)"
}

# The error that ended the run may also be in the list of errors, so each line is written once.
$errorLines = @{}
foreach ($problem in @($failures) + $ended) {
    if ($problem -isnot [System.Management.Automation.ErrorRecord]) { continue }
    $id = ($problem.FullyQualifiedErrorId -split ',')[0]
    $advice = if ($problem.ErrorDetails) { $problem.ErrorDetails.RecommendedAction }
    $errorLines[(ConvertTo-Line "Error $id`: $($problem.Exception.Message) $advice")] = $id
}
$errorIds = @($errorLines.Values)
$done = @($actions | Where-Object { "$($_.Action)" -in 'Stopped', 'Removed', 'Started', 'WouldStop', 'WouldRemove', 'WouldStart' })
$warned = @($actions | Where-Object { "$($_.Action)" -in 'Warned', 'WouldWarn' })
$failed = @($actions | Where-Object { "$($_.Action)" -eq 'Failed' })

$code = if ($errorIds | Where-Object { $_ -in 'NotConnected', 'Unauthorized', 'InsecureEndpoint', 'ConnectionFailed' }) { 4 }
elseif ($errorIds -contains 'StoreUnavailable') { 5 }
elseif ($errorIds -contains 'MetricsOutage') { 3 }
elseif ($errorIds -or $failed) { 2 }
elseif ($done) { 1 }
else { 0 }
if ($code -eq 0 -and $Quiet) { exit 0 }

$meaning = ('nothing to do', 'acted', 'something failed', 'metrics outage', 'not connected', 'store unavailable')[$code]
foreach ($act in $warned + $done) { Format-Act $act }
if ($ended -or ($errorIds -and -not $actions.Count)) {
    # The number of instances is unknown here, so no count is written.
    "Nothing $(if ($done) { 'more was ' })done (exit code $code`: $meaning)."
}
else {
    $count = { param($action) @($actions | Where-Object { "$($_.Action)" -eq $action }).Count }
    $saved = [decimal] ($done | Measure-Object SavedPerHour -Sum).Sum
    $would = if ($cleanup.WhatIf) { 'Would have stopped {0} and removed {1}' -f (& $count WouldStop), (& $count WouldRemove) }
    else { 'Stopped {0} and removed {1}' -f (& $count Stopped), (& $count Removed) }
    [string]::Format([cultureinfo]::InvariantCulture, '{0} of {1} instances, {2} failed; saves {3:0.00} $/h (exit code {4}: {5}).', $would, $actions.Count, $failed.Count, $saved, $code, $meaning)
}
$errorLines.Keys | Sort-Object
$warnings | ForEach-Object { ConvertTo-Line "Warning: $_" } | Select-Object -Unique
exit $code
