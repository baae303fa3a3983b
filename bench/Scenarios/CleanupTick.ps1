# Measures one cleanup in a fresh process, as a scheduler starts it each minute: list, readings, order and verdicts from a history of 40 minutes. Compared with a script that sends the same requests.
param([string] $Module, [int] $Instances, [int] $Readings)
. $PSScriptRoot/Common.ps1
$env:PULSERUN_DATA_DIR = Join-Path ([IO.Path]::GetTempPath()) "pulserun-bench-$PID"
try {
    Import-Module $Module
    $emulator = Start-PREmulator -Instances $Instances -RequestsPerMinute 0
    $emulator | Connect-PulseRun
    # Half of the fleet is idle, and none is without metrics.
    $i = 0
    foreach ($instance in Get-PRInstance) { $emulator.SetWorkload($instance.Id, $i++ % 2 ? 'busy' : 'idle') }
    # The first readings are not measured.
    foreach ($minute in 1..40) {
        $null = Get-PRIdleInstance -RequestBudget ($Readings + 1)
        $emulator.Advance('00:01:00')
    }
    $env:PULSERUN_API_KEY = $emulator.ApiKey
    $env:PULSERUN_BASE_URI = "$($emulator.BaseUri)".TrimEnd("/")
    $env:PULSERUN_CLOCK_OFFSET = $emulator.UtcNow - [DateTimeOffset]::UtcNow
    $since = "(([Diagnostics.Stopwatch]::GetTimestamp() - [long] `$env:BENCH_STARTED) * 1000 / [Diagnostics.Stopwatch]::Frequency)"
    $ours = @"
        Import-Module '$Module'
        `$clock = [Diagnostics.Stopwatch]::StartNew()
        # Of the budget, one request is the list, and two are kept for the one act.
        `$null = Invoke-PRCleanup -IdleFor 00:30 -RequestBudget $($Readings + 3) -MaxActions 1 -Jitter 0 -WhatIf 3>`$null
        "ms=`$(`$clock.Elapsed.TotalMilliseconds)"
        "wholeMs=`$$since"
"@
    $peer = @"
        `$headers = @{ Authorization = "Bearer `$env:PULSERUN_API_KEY" }
        `$running = @((Invoke-RestMethod "`$env:PULSERUN_BASE_URI/v1/instances" -Headers `$headers).data | Where-Object status -eq running | Select-Object -First $Readings)
        `$null = `$running | ForEach-Object { Invoke-RestMethod "`$env:PULSERUN_BASE_URI/v1/instances/`$(`$_.id)/metrics" -Headers `$headers }
        "peerMs=`$$since"
        if (`$running.Count -ne $Readings) { throw "`$(`$running.Count) readings." }
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
