#Requires -Version 5.1
<#
.SYNOPSIS
    Registers Stop-IdleGpu.ps1 with the Windows Task Scheduler: every minute, as you, whether you are logged on or not.
.DESCRIPTION
    Register-PRCleanup does this with one command; this script shows how.
    Save the key first, in the same account: Connect-PulseRun -ApiKey (Read-Host -AsSecureString) -Save
    See the exit code of the last run: (Get-ScheduledTaskInfo 'Stop idle GPUs').LastTaskResult
    End it: Unregister-ScheduledTask 'Stop idle GPUs'
.EXAMPLE
    ./Register-IdleGpuTask.ps1 -WhatIf

    Shows the command line that would be registered.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The script.
    [string] $Script = (Join-Path (Split-Path $PSScriptRoot) 'Stop-IdleGpu.ps1'),

    # Its parameters. 45 of 60 requests a minute are for this task, the rest is for people.
    [string] $Arguments = "-IdleFor 00:30:00 -RequestBudget 45 -AuditPath `"$(Join-Path (Split-Path $PSScriptRoot) 'audit.jsonl')`"",

    # The PowerShell to run it with, as a whole path. Default: the one that runs this.
    [string] $Shell = (Get-Process -Id $PID).Path
)
$ErrorActionPreference = 'Stop'
$line = "-NoProfile -NonInteractive -WindowStyle Hidden -File `"$Script`" $Arguments"
if (-not $PSCmdlet.ShouldProcess("$Shell $line", "Register the scheduled task 'Stop idle GPUs' that runs every minute")) { return }

$action = New-ScheduledTaskAction -Execute $Shell -Argument $line
$trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 1)
# A run that waits for the rate limit may take longer than a minute: the next one is left out then, not run beside it.
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Minutes 15) -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
# S4U: runs without a password being kept, and with this user's profile, where the key and the history are.
$principal = New-ScheduledTaskPrincipal -UserId "$env:USERDOMAIN\$env:USERNAME" -LogonType S4U
Register-ScheduledTask -TaskName 'Stop idle GPUs' -Action $action -Trigger $trigger -Settings $settings -Principal $principal
