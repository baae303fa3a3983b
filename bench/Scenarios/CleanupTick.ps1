# Measures one cleanup in a fresh process, as a scheduler starts it each minute: list, readings, order and verdicts from a history of 40 minutes. Compared with a script that sends the same requests.
param([string] $Module, [int] $Instances, [int] $Readings)
. $PSScriptRoot/Common.ps1
$env:PULSERUN_DATA_DIR = Join-Path ([IO.Path]::GetTempPath()) "pulserun-bench-$PID"
try {
    Import-Module $Module
    $emulator = Start-PREmulator -Instances $Instances -RequestsPerMinute 0
    $emulator | Connect-PulseRun
    # The first readings are not measured.
    foreach ($minute in 1..40) {
        $null = Get-PRIdleInstance -RequestBudget ($Readings + 1)
        $emulator.Advance('00:01:00')
    }
    $env:PULSERUN_API_KEY = $emulator.ApiKey
    $env:PULSERUN_BASE_URI = $emulator.BaseUri
    $env:PULSERUN_CLOCK_OFFSET = $emulator.UtcNow - [DateTimeOffset]::UtcNow
    $since = "(([Diagnostics.Stopwatch]::GetTimestamp() - [long] `$env:BENCH_STARTED) * 1000 / [Diagnostics.Stopwatch]::Frequency)"
    $ours = @"
        Import-Module '$Module'
        `$clock = [Diagnostics.Stopwatch]::StartNew()
        `$null = Invoke-PRCleanup -IdleFor 00:30 -RequestBudget $($Readings + 1) -Jitter 0 -WhatIf 3>`$null
        "ms=`$(`$clock.Elapsed.TotalMilliseconds)"
        "wholeMs=`$$since"
"@
    $peer = @"
        `$headers = @{ Authorization = "Bearer `$env:PULSERUN_API_KEY" }
        `$fleet = (Invoke-RestMethod "`$env:PULSERUN_BASE_URI/v1/instances" -Headers `$headers).data
        `$readings = `$fleet | Where-Object status -eq running | Select-Object -First $Readings | ForEach-Object { Invoke-RestMethod "`$env:PULSERUN_BASE_URI/v1/instances/`$(`$_.id)/metrics" -Headers `$headers }
        "peerMs=`$$since"
        if (`$readings.Count -ne $Readings) { throw "`$(`$readings.Count) readings." }
"@
    foreach ($script in $ours, $peer) {
        $env:BENCH_STARTED = [Diagnostics.Stopwatch]::GetTimestamp()
        dotnet (Join-Path $PSHOME 'pwsh.dll') -NoProfile -NonInteractive -Command $script
    }
}
finally {
    Stop-PREmulator -ErrorAction Ignore
    Remove-Item $env:PULSERUN_DATA_DIR -Recurse -Force -ErrorAction Ignore
}
