# Measures one cleanup in a fresh process, as a scheduler starts it each minute: list, 47 readings, order and verdicts from a history of 40 minutes.
param([string] $Module, [int] $Instances)
. $PSScriptRoot/Common.ps1
$env:PULSERUN_DATA_DIR = Join-Path ([IO.Path]::GetTempPath()) "pulserun-bench-$PID"
try {
    Import-Module $Module
    $emulator = Start-PREmulator -Instances $Instances -RequestsPerMinute 0
    $emulator | Connect-PulseRun
    # The first readings are not measured.
    foreach ($minute in 1..40) {
        $null = Get-PRIdleInstance -RequestBudget 48
        $emulator.Advance('00:01:00')
    }
    $address = [string] $emulator.BaseUri
    $child = @"
        `$env:PULSERUN_API_KEY = '$($emulator.ApiKey)'; `$env:PULSERUN_BASE_URI = '$address'; `$env:PULSERUN_CLOCK_OFFSET = '$($emulator.UtcNow - [DateTimeOffset]::UtcNow)'
        Import-Module '$Module'
        `$clock = [Diagnostics.Stopwatch]::StartNew()
        `$null = Invoke-PRCleanup -IdleFor 00:30 -RequestBudget 48 -Jitter 0 -WhatIf 3>`$null
        "ms=`$(`$clock.Elapsed.TotalMilliseconds)"
"@
    dotnet (Join-Path $PSHOME 'pwsh.dll') -NoProfile -NonInteractive -Command $child
}
finally {
    Stop-PREmulator -ErrorAction Ignore
    Remove-Item $env:PULSERUN_DATA_DIR -Recurse -Force -ErrorAction Ignore
}
