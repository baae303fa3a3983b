#Requires -Version 5.1
<#
.SYNOPSIS
    Registers Stop-IdleGpu.ps1 with the Windows Task Scheduler: every minute, as you, whether you are logged on or not.
.DESCRIPTION
    Save the key first, in the same account: Connect-PulseRun -ApiKey (Read-Host -AsSecureString) -Save
    See what the last run answered: (Get-ScheduledTaskInfo 'Stop idle GPUs').LastTaskResult
    End it: Unregister-ScheduledTask 'Stop idle GPUs'
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    # The script.
    [string] $Script = (Join-Path (Split-Path $PSScriptRoot) 'Stop-IdleGpu.ps1'),

    # Its parameters.
    [string] $Arguments = '-IdleFor 00:30:00',

    # The PowerShell to run it with: pwsh.exe or powershell.exe.
    [string] $Shell = 'pwsh.exe'
)
$ErrorActionPreference = 'Stop'
$action = New-ScheduledTaskAction -Execute $Shell -Argument "-NoProfile -NonInteractive -WindowStyle Hidden -File `"$Script`" $Arguments"
$trigger = New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 1)
# A run that waits for the rate limit may take longer than a minute: the next one is left out then, not run beside it.
$settings = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit (New-TimeSpan -Minutes 15) -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries
# S4U: runs without a password being kept, and with this user's profile, where the key and the history are.
$principal = New-ScheduledTaskPrincipal -UserId "$env:USERDOMAIN\$env:USERNAME" -LogonType S4U
if ($PSCmdlet.ShouldProcess('Stop idle GPUs', 'Register a scheduled task that runs every minute')) {
    Register-ScheduledTask -TaskName 'Stop idle GPUs' -Action $action -Trigger $trigger -Settings $settings -Principal $principal
}
