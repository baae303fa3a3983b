#Requires -Version 5.1
<#
.SYNOPSIS
    Registers Stop-IdleGpu.ps1 with the Windows Task Scheduler. It runs every minute under your account, whether you are logged on or not.
.DESCRIPTION
    Register-PRCleanup does the same with one command. This script shows the steps.
    First save the key under the same account: Connect-PulseRun -ApiKey (Read-Host -AsSecureString) -Save
    To see the exit code of the last run: (Get-ScheduledTaskInfo 'Stop idle GPUs').LastTaskResult
    To remove the task: Unregister-ScheduledTask 'Stop idle GPUs'
.EXAMPLE
    ./Register-IdleGpuTask.ps1 -WhatIf

    Shows the command line that would be registered.
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The path of the script to run.
    [string] $Script = (Join-Path (Split-Path $PSScriptRoot) 'Stop-IdleGpu.ps1'),

    # The parameters of the script. The task uses 45 of 60 requests per minute; the rest is left to other commands.
    [string] $Arguments = "-IdleFor 00:30:00 -RequestBudget 45 -AuditPath `"$(Join-Path (Split-Path $PSScriptRoot) 'audit.jsonl')`"",

    # The full path of the PowerShell that runs the script. Default: the one that runs this script.
    [string] $Shell = (Get-Process -Id $PID).Path
)
$ErrorActionPreference = 'Stop'
$line = "-NoProfile -NonInteractive -WindowStyle Hidden -File `"$Script`" $Arguments"
if (-not $PSCmdlet.ShouldProcess("$Shell $line", "Register the scheduled task 'Stop idle GPUs' that runs every minute")) { return }

$action = New-ScheduledTaskAction -Execute $Shell -Argument $line
$trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 1)
# A run that waits for the rate limit may take longer than a minute. The next run is then skipped and not started in parallel.
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Minutes 15) -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
# S4U needs no stored password, and loads the profile of this user, which contains the key and the history.
$principal = New-ScheduledTaskPrincipal -UserId "$env:USERDOMAIN\$env:USERNAME" -LogonType S4U
Register-ScheduledTask -TaskName 'Stop idle GPUs' -Action $action -Trigger $trigger -Settings $settings -Principal $principal
