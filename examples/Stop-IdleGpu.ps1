#Requires -Version 5.1
<#
.SYNOPSIS
    Stops GPU instances that are proven idle. For a scheduled task: run it every minute.
.DESCRIPTION
    Runs Invoke-PRCleanup once: it reads the running instances, and stops those whose GPUs rested for all of -IdleFor.
    Idleness is proven by the readings of earlier runs, which are kept on this machine (PULSERUN_DATA_DIR). So the first
    stop comes -IdleFor after the first run at the earliest, and a pause in the schedule begins the proof anew.

    Register-PRCleanup registers this script with the scheduler of this machine. examples/schedule/ has the same by hand.

    The key comes from PULSERUN_API_KEY, or from a profile that Connect-PulseRun -Save has written for the same user.
    Two hosts may run it at once. Each should have its own history.

    It writes one line for each instance that it stopped or removed, with its price, one line for the whole, and one line
    for each error and each warning. With -Quiet it writes nothing when there was nothing to do, so that cron sends no mail.

    Exit codes
      0  nothing to do
      1  stopped or removed something (with -WhatIf: would have)
      2  something failed: a stop was refused, the list could not be read, a parameter or the audit file is wrong
      3  metrics outage: too few readings to judge by, nothing was stopped
      4  not connected: no key, a key that is refused, or no way to the server
      5  the store of readings cannot be used

    How to register it by hand. Each of these is a file in examples/schedule/.

      Windows Task Scheduler   Register-IdleGpuTask.ps1 (Register-ScheduledTask, every minute, as you)
      systemd                  stop-idle-gpu.service and stop-idle-gpu.timer
      cron                     stop-idle-gpu.crontab
      GitHub Actions           stop-idle-gpu.yml (the key is a secret, the history is kept in the cache)
.EXAMPLE
    ./Stop-IdleGpu.ps1 -WhatIf

    Reads, and writes what it would stop. Do this for a while first.
.EXAMPLE
    ./Stop-IdleGpu.ps1 -IdleFor 00:30 -Exclude inst_demo* -AuditPath ~/pulserun-audit.jsonl

    Stops what was idle for half an hour, never the demos, and writes a line of JSON for each act.
.EXAMPLE
    ./Stop-IdleGpu.ps1 -RemoveStoppedAfter 7.00:00

    Also removes, disks too, what this machine has seen stopped for seven days. A scheduled task cannot be asked, so it does not ask.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # How long an instance must have been idle. Run every minute, at most every -IdleFor / 20.
    [timespan] $IdleFor = '00:30:00',

    # Removes instances, disks too, that were stopped for this long. Default: removes none.
    [timespan] $RemoveStoppedAfter,

    # Ids to leave alone; wildcards are allowed, and so are several with commas between them. Protect-PRInstance does the same for good.
    [string[]] $Exclude,

    # How many instances one run acts on.
    [int] $MaxActions = 10,

    # A file that gets a line of JSON for each decision to stop or remove. Each run opens it anew, so logrotate may move it away.
    [string] $AuditPath,

    # Actions, or All: then the audit has a line for each instance and run, which is megabytes a day.
    [ValidateSet('Actions', 'All')]
    [string] $AuditLevel,

    # A GPU at or above this is busy, in percent.
    [double] $GpuBelow,

    # How many readings the proof takes (20). With fewer, a load that comes and goes is missed more often.
    [int] $MinSamples,

    # How far any moment may be from the reading before it (-IdleFor / 6).
    [timespan] $MaxGap,

    # Does not mind held GPU memory.
    [switch] $IgnoreMemory,

    # Above this share of instances without readings, in percent, nothing is stopped (50).
    [double] $MaxUnknownPercent,

    # How many requests the list and the readings may take (60). What is left of the key's limit is for people.
    [int] $RequestBudget,

    # Each reading is delayed by a random part of this, so that readings do not alias with a periodic workload (15 s).
    [timespan] $Jitter,

    # The saved profile to use, whatever PULSERUN_API_KEY says. Default: that key, else the default profile.
    [string] $ProfileName,

    # The folder for readings and profiles, as PULSERUN_DATA_DIR names it.
    [string] $DataDir,

    # Writes nothing when there was nothing to do (exit code 0).
    [switch] $Quiet,

    # The module: a name, or a path such as ../out/PulseRun. Default: the module this script is a part of, else PulseRun.
    [string] $Module
)
# An error of one instance is counted, and the rest goes on.
$ErrorActionPreference = 'Continue'
# A log is no terminal: no progress bar in it.
if ([Console]::IsOutputRedirected) { $ProgressPreference = 'SilentlyContinue' }

# What was given here is passed on; what was not has the cmdlet's own default. Errors and warnings are written below, one line each.
$cleanup = @{ IdleFor = $IdleFor; MaxActions = $MaxActions; WhatIf = [bool] $WhatIfPreference; Confirm = $false }
$own = 'Module', 'ProfileName', 'DataDir', 'Quiet', 'ErrorVariable', 'OutVariable', 'WarningVariable', 'ErrorAction', 'WarningAction'
foreach ($name in $PSBoundParameters.Keys) {
    if ($name -notin $own) { $cleanup[$name] = $PSBoundParameters[$name] }
}
# With pwsh -File, 'a,b' is one text. Taken as one pattern it would protect nothing.
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
    # Import-Module has no -WhatIf, but what it runs obeys $WhatIfPreference, which -WhatIf of this script sets.
    $WhatIfPreference = $false
    if (-not (Get-Module PulseRun)) { Import-Module $Module -ErrorAction Stop }
    if ($ProfileName) { Connect-PulseRun -Profile $ProfileName -ErrorAction Stop }
    # Collected one by one: an error that ends the run must not hide what was stopped before it.
    Invoke-PRCleanup @cleanup -ErrorAction SilentlyContinue -ErrorVariable failures -WarningAction SilentlyContinue -WarningVariable warnings |
        ForEach-Object { $null = $actions.Add($_) }
}
catch {
    # Written below, and in the exit code: a scheduler's log is no place for a stack.
    $ended = $_
}

# ConvertTo-Line: any text as one line without control characters, such as escape sequences.
function ConvertTo-Line([string] $Text) { ($Text -replace '[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+', ' ').Trim() }

# Format-Act: one act, with the instance as a person recognises it.
function Format-Act($Act) {
    $what = @{ Stopped = 'Stopped'; Removed = 'Removed'; WouldStop = 'Would stop'; WouldRemove = 'Would remove' }["$($Act.Action)"]
    $price = if ($null -eq $Act.CostPerHour) { '? $/h' } else { [string]::Format([cultureinfo]::InvariantCulture, '{0:0.00##} $/h', $Act.CostPerHour) }
    ConvertTo-Line "$what $($Act.Id) ($((@($Act.Gpu, $Act.Provider, $price) | Where-Object { $_ }) -join ', ')): $($Act.Reason)"
}

# The error that ended the run may be among the others, too: each line once.
$errorLines = @{}
foreach ($problem in @($failures) + $ended) {
    if ($problem -isnot [System.Management.Automation.ErrorRecord]) { continue }
    $id = ($problem.FullyQualifiedErrorId -split ',')[0]
    $advice = if ($problem.ErrorDetails) { $problem.ErrorDetails.RecommendedAction }
    $errorLines[(ConvertTo-Line "Error $id`: $($problem.Exception.Message) $advice")] = $id
}
$errorIds = @($errorLines.Values)
$done = @($actions | Where-Object { "$($_.Action)" -in 'Stopped', 'Removed', 'WouldStop', 'WouldRemove' })
$failed = @($actions | Where-Object { "$($_.Action)" -eq 'Failed' })

$code = if ($errorIds | Where-Object { $_ -in 'NotConnected', 'Unauthorized', 'InsecureEndpoint', 'ConnectionFailed' }) { 4 }
elseif ($errorIds -contains 'StoreUnavailable') { 5 }
elseif ($errorIds -contains 'MetricsOutage') { 3 }
elseif ($errorIds -or $failed) { 2 }
elseif ($done) { 1 }
else { 0 }
if ($code -eq 0 -and $Quiet) { exit 0 }

$meaning = ('nothing to do', 'acted', 'something failed', 'metrics outage', 'not connected', 'store unavailable')[$code]
foreach ($act in $done) { Format-Act $act }
if ($ended -or ($errorIds -and -not $actions.Count)) {
    # No count: how many there are is not known.
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
