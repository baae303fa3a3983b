<#
.SYNOPSIS
    Demonstrates the main tasks of the module on the emulator, without a key, costs or a network.
.DESCRIPTION
    ./build.ps1 Demo builds a module and runs this script. It launches, lists, measures, stops, starts and removes GPU instances; then it finds the idle ones and stops them.
    The emulator's clock runs 60 times as fast as real time, so provisioning takes a third of a second.
#>
[CmdletBinding()]
param(
    # The path of the module.
    [string] $Module = (Join-Path $PSScriptRoot '../out/PulseRun')
)
$ErrorActionPreference = 'Stop'
Import-Module $Module

function Step([string] $What, [scriptblock] $Do) {
    Write-Host
    Write-Host "# $What"
    Write-Host "PS> $(($Do.ToString().Trim() -split "`n" | ForEach-Object Trim) -join "`n    ")"
    # Formatted here, so that each table appears below its command and has its own header.
    . $Do | Out-String -Width 120 | ForEach-Object { $_.Trim("`r", "`n") } | Where-Object { $_ } | Write-Host
}

# Jobs need a real ssh server.
$hasSshd = -not $IsWindows -and [bool] (Get-Command sshd, /usr/sbin/sshd -CommandType Application -ErrorAction Ignore)
$emulator = Start-PREmulator -Instances 5 -TimeScale 60 -SshServer:$hasSshd
try {
    Step 'Connect. The emulator needs no key; the real thing reads PULSERUN_API_KEY.' {
        $emulator | Connect-PulseRun -PassThru
    }
    Step 'What is there? Times are the emulator''s; $/h is dollars per hour.' {
        Get-PRInstance
    }
    Step 'Launch two more, and wait until they run: 20 seconds there, a third of one here.' {
        $script:new = New-PRInstance -Gpu h100_80gb -Template pytorch -Count 2 -Wait -Confirm:$false
        $new
    }
    Step 'Measure what runs. A question mark is unknown, which is not zero.' {
        Get-PRInstance -Status running | Get-PRInstanceMetrics
    }
    Step 'What would stopping everything do? Nothing is sent.' {
        Get-PRInstance -Status running | Stop-PRInstance -WhatIf
    }
    $emulator.ClearRequests()
    Step 'Stop everything that runs, at once, in order. One provider cannot stop: that is one error, and the rest goes on.' {
        Get-PRInstance -Status running | Stop-PRInstance -Confirm:$false -ErrorAction SilentlyContinue -ErrorVariable script:oops
        "Error: $($oops[0])"
    }
    Write-Host
    Write-Host "# That took $($emulator.Requests.Count) requests: one list, and one stop for each."
    Step 'Start the new ones again.' {
        $new | Start-PRInstance
    }
    Step 'Remove them, disks too. -Force does not ask.' {
        $new | Remove-PRInstance -Force
    }
    Step 'Now the idle ones. Four more: three will rest, one of which a colleague needs on Monday, and one will give no metrics.' {
        $script:resting = New-PRInstance -Gpu rtx_4090 -Template jupyter -Count 4 -Wait -Confirm:$false
        $resting[2] | Protect-PRInstance -Reason 'a demo on Monday'
    }
    foreach ($one in $resting) { $emulator.SetWorkload($one.Id, 'idle') }
    $emulator.SetWorkload($resting[3].Id, 'silent')
    # The instances that were stopped above run again, as busy or idle as before.
    $null = Get-PRInstance -Status stopped | Start-PRInstance -Wait
    Step 'Half an hour passes there, read once a minute, as a scheduled task would. Seconds here.' {
        1..32 | ForEach-Object { $null = Get-PRIdleInstance; $emulator.Advance('00:01:00') }
    }
    Step 'Who is idle? Proven by 20 readings and more; busy and silent ones never are. -All shows the reasons.' {
        Get-PRIdleInstance -For 00:30 -All
    }
    Step 'Clean up. Each is looked at once more right before it is stopped. -AuditPath would write the decisions down.' {
        $script:actions = Invoke-PRCleanup -IdleFor 00:30 -Jitter 0
        $actions
    }
    $stopped = @($actions | Where-Object Action -EQ Stopped)
    $saved = ($stopped | Measure-Object SavedPerHour -Sum).Sum
    Write-Host
    Write-Host ([string]::Format([cultureinfo]::InvariantCulture, '# {0} idle instances stopped: that saves {1:0.00} dollars an hour, {2:0} a month.', $stopped.Count, $saved, (730 * $saved)))
    Step 'An id that does not exist is one error; the rest goes on.' {
        Get-PRInstance -Id inst_nosuch, $new[0].Id -ErrorAction SilentlyContinue -ErrorVariable oops
        "Error: $($oops[0])"
        "Do:    $($oops[0].ErrorDetails.RecommendedAction)"
    }
    if ($hasSshd) {
        Step 'A job: launch, run a command for three seconds, and give the instance back. A real ssh server stands for the machine.' {
            Invoke-PRJob -Gpu rtx_4090 -Template pytorch -Lifetime 01:00 -Command 'for i in 1 2 3; do echo "epoch $i"; sleep 1; done' -Confirm:$false | Format-List Name, ExitCode, StdOut, Cost, Removed
        }
    }
}
finally {
    Stop-PREmulator
}
