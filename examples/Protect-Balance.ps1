#Requires -Version 5.1
<#
.SYNOPSIS
    Waits for balance.low, and then stops instances until the credit lasts, the least protected ones first.
.DESCRIPTION
    At balance 0 the service terminates every instance, with its disk. A stopped instance keeps its disk and costs nothing while it is stopped.

    The event only says that the credit was low when it was sent. So the script reads the balance and the instances before it acts, and a repeated or late event changes nothing.
    It stops instances without a protection, the most expensive ones first, until the credit lasts for -KeepFor. If that is not enough, it warns. With -Force it goes on with protected ones, those whose protection ends first.

    Receive-PRWebhook listens at 127.0.0.1. The service reaches it through a tunnel or a reverse proxy of your own, which has the https address of the webhook.
.PARAMETER Secret
    The secret of the webhook. Deliveries that are not signed with it are refused.
.PARAMETER Port
    The port to listen at.
.PARAMETER KeepFor
    How long the credit must last after the script has acted.
.PARAMETER Force
    Stops protected instances too, if the others are not enough.
.PARAMETER MaxEvent
    Ends after this number of events. Without it, the script runs until Ctrl+C.
.PARAMETER TimeoutSec
    Ends after this number of seconds.
.EXAMPLE
    $hook = New-PRWebhook https://hooks.example.com/pulserun -Event balance.low
    ./Protect-Balance.ps1 -Secret $hook.Secret -KeepFor 12:00 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [securestring] $Secret,
    [int] $Port = 8780,
    [timespan] $KeepFor = '12:00',
    [switch] $Force,
    [int] $MaxEvent,
    [int] $TimeoutSec
)
$ErrorActionPreference = 'Stop'
if (-not (Get-Module PulseRun)) { Import-Module PulseRun -WhatIf:$false }

function Stop-LeastProtected {
    $balance = Get-PRBalance
    if ($null -eq $balance.Balance -or $null -eq $balance.BurnPerHour) { Write-Warning 'The balance or the prices are not known, so nothing is stopped.'; return }
    $burn = $balance.BurnPerHour
    if ($burn -le 0 -or [double]$balance.Balance / [double]$burn -ge $KeepFor.TotalHours) { Write-Verbose "The credit of $($balance.Balance) lasts long enough."; return }

    # A protection without an end is the strongest one.
    $until = @{}
    Get-PRProtection | ForEach-Object { $until[$_.Id] = if ($_.Until) { $_.Until } else { [DateTimeOffset]::MaxValue } }
    $order = Get-PRInstance -Status running | Where-Object CostPerHour |
        Sort-Object { if ($until.ContainsKey($_.Id)) { $until[$_.Id] } else { [DateTimeOffset]::MinValue } }, @{ Expression = 'CostPerHour'; Descending = $true }

    foreach ($instance in $order) {
        if ([double]$burn -le 0 -or [double]$balance.Balance / [double]$burn -ge $KeepFor.TotalHours) { break }
        if ($until.ContainsKey($instance.Id) -and -not $Force) { continue }
        $stopped = $null
        try { $stopped = $instance | Stop-PRInstance -Force:$Force -Confirm:$false }
        catch { Write-Warning "$($instance.Id) was not stopped: $_" }
        if ($stopped -or $WhatIfPreference) { $burn -= $instance.CostPerHour }
        $stopped
    }
    if ($burn -gt 0 -and [double]$balance.Balance / [double]$burn -lt $KeepFor.TotalHours) {
        Write-Warning ("The credit of {0:0.00} lasts {1:0.0} hours, and what is left is protected or cannot be stopped. Add credit." -f $balance.Balance, ([double]$balance.Balance / [double]$burn))
    }
}

$receive = @{ Port = $Port; Event = 'balance.low' }
if ($Secret) { $receive.Secret = $Secret }
if ($MaxEvent) { $receive.MaxEvent = $MaxEvent }
if ($TimeoutSec) { $receive.TimeoutSec = $TimeoutSec }
Receive-PRWebhook @receive | ForEach-Object { Stop-LeastProtected }
