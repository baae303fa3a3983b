#Requires -Version 5.1
<#
.SYNOPSIS
    Stops GPU instances that are proven idle. For a scheduled task: run it every minute.
.DESCRIPTION
    One Invoke-PRCleanup: it reads every running instance, stops those whose GPUs rested for all of -IdleFor, and tells it
    in one line. Idle is proven by the readings of earlier runs, which are kept on this machine (PULSERUN_DATA_DIR), so the
    first stop comes -IdleFor after the first run at the earliest, and a pause in the schedule starts the proof anew.

    Until then most idle instances are unknown, and where they are more than half of the fleet, that is exit code 3 like
    any other want of readings. A fleet of more than 59 running instances is read in turns, 59 a run, those read longest ago first.

    The key comes from PULSERUN_API_KEY, or from a profile that Connect-PulseRun -Save has written for the same user.
    Two hosts may run it at once. Each should have its own history.

    Exit codes
      0  nothing to do
      1  stopped or removed something (with -WhatIf: would have)
      2  something failed: a stop was refused, the list did not come, a parameter or the audit file is wrong
      3  metrics outage: too few readings to judge by, nothing was stopped
      4  not connected: no key, a key that is refused, or no way to the server

    How to register it. Each of these is a file in examples/schedule/.

      Windows Task Scheduler   Register-IdleGpuTask.ps1 (Register-ScheduledTask, every minute, as you)
      systemd                  stop-idle-gpu.service and stop-idle-gpu.timer
      cron                     stop-idle-gpu.crontab
      GitHub Actions           stop-idle-gpu.yml (the key is a secret, the history is kept in the cache)
.EXAMPLE
    ./Stop-IdleGpu.ps1 -WhatIf

    Reads, and tells what it would stop. Do this for a while first.
.EXAMPLE
    ./Stop-IdleGpu.ps1 -IdleFor 00:30 -Exclude inst_demo* -AuditPath ~/pulserun-audit.jsonl

    Stops what was idle for half an hour, never the demos, and writes a line of JSON for each decision.
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

    # Ids to leave alone; wildcards are allowed. Protect-PRInstance does the same for good.
    [string[]] $Exclude,

    # How many instances one run acts on.
    [int] $MaxActions = 10,

    # A file that gets a line of JSON for each decision.
    [string] $AuditPath,

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

    # How many requests the list and the readings may take (60).
    [int] $RequestBudget,

    # Each reading is put off by a random part of this, so that it does not beat in step with a load (15 s).
    [timespan] $Jitter,

    # The module: a name, or a path such as ../out/PulseRun.
    [string] $Module = 'PulseRun'
)
# An error of one instance is counted, and the rest goes on.
$ErrorActionPreference = 'Continue'

# What was given here is given on; what was not has the cmdlet's own default.
$cleanup = @{ IdleFor = $IdleFor; MaxActions = $MaxActions; WhatIf = [bool] $WhatIfPreference; Confirm = $false }
foreach ($name in $PSBoundParameters.Keys) {
    if ($name -notin 'Module', 'ErrorVariable', 'OutVariable') { $cleanup[$name] = $PSBoundParameters[$name] }
}

$ended = $null
$failures = $null
$actions = @()
try {
    if (-not (Get-Module PulseRun)) {
        # Import-Module has no -WhatIf, but what it runs obeys $WhatIfPreference, which -WhatIf of this script sets.
        $WhatIfPreference = $false
        Import-Module $Module -ErrorAction Stop
    }
    $actions = @(Invoke-PRCleanup @cleanup -ErrorVariable failures)
}
catch {
    # Said below, and in the exit code: a scheduler's log is no place for a stack.
    $ended = $_
}

$errorIds = @(@($failures) + $ended | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | ForEach-Object { ($_.FullyQualifiedErrorId -split ',')[0] })
$done = @($actions | Where-Object { "$($_.Action)" -in 'Stopped', 'Removed', 'WouldStop', 'WouldRemove' })
$failed = @($actions | Where-Object { "$($_.Action)" -eq 'Failed' })

if ($ended) { "Nothing done: $($ended.Exception.Message)" }
else {
    $count = { param($action) @($actions | Where-Object { "$($_.Action)" -eq $action }).Count }
    $saved = [decimal] ($done | Measure-Object SavedPerHour -Sum).Sum
    $would = if ($cleanup.WhatIf) { 'Would have stopped {0} and removed {1}' -f (& $count WouldStop), (& $count WouldRemove) }
    else { 'Stopped {0} and removed {1}' -f (& $count Stopped), (& $count Removed) }
    [string]::Format([cultureinfo]::InvariantCulture, '{0} of {1} instances, {2} failed; saves {3:0.00} $/h.', $would, $actions.Count, $failed.Count, $saved)
}

if ($errorIds | Where-Object { $_ -in 'NotConnected', 'Unauthorized', 'InsecureEndpoint', 'ConnectionFailed' }) { exit 4 }
if ($errorIds -contains 'MetricsOutage') { exit 3 }
if ($errorIds -or $failed) { exit 2 }
if ($done) { exit 1 }
exit 0
