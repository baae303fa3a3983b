<#
.SYNOPSIS
    The main job, on the emulator: no key, no money, no network.
.DESCRIPTION
    Started by ./build.ps1 Demo. Launches, lists, measures, stops from a pipeline, starts again and removes GPU instances.
    The emulator's clock runs 60 times as fast, so that provisioning takes a third of a second.
#>
[CmdletBinding()]
param(
    # Where the module is.
    [string] $Module = (Join-Path $PSScriptRoot '../out/PulseRun')
)
$ErrorActionPreference = 'Stop'
Import-Module $Module

function Step([string] $What, [scriptblock] $Do) {
    Write-Host
    Write-Host "# $What"
    Write-Host "PS> $(($Do.ToString().Trim() -split "`n" | ForEach-Object Trim) -join "`n    ")"
    # Formatted here, so that each table stands below its command, and again with its header.
    . $Do | Out-String -Width 120 | ForEach-Object { $_.Trim("`r", "`n") } | Where-Object { $_ } | Write-Host
}

$emulator = Start-PREmulator -Instances 5 -TimeScale 60
try {
    Step 'Connect. The emulator needs no key; the real thing reads PULSERUN_API_KEY.' {
        $emulator | Connect-PulseRun -PassThru
    }
    Step 'What is there? Times are the emulator''s; $/h is dollars per hour.' {
        Get-PRInstance
    }
    Step 'Launch two more.' {
        $script:new = New-PRInstance -Gpu h100_80gb -Template pytorch -Count 2 -Confirm:$false
        $new
    }
    Step 'Wait until they run: 20 seconds there, a third of one here.' {
        while (@(Get-PRInstance -Id $new.Id -Status running).Count -lt $new.Count) { Start-Sleep -Milliseconds 200 }
        Get-PRInstance -Id $new.Id
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
    Step 'An id that does not exist is one error; the rest goes on.' {
        Get-PRInstance -Id inst_nosuch, $new[0].Id -ErrorAction SilentlyContinue -ErrorVariable oops
        "Error: $($oops[0])"
        "Do:    $($oops[0].ErrorDetails.RecommendedAction)"
    }
}
finally {
    Stop-PREmulator
}
