# Dot-sourced after Common.ps1 by the tests of idle instances. Defines helpers for readings by an accelerated clock, and for cleanups.

# A rule that seven readings, two minutes apart, satisfy.
$script:Rule = @{ For = '00:10:00'; MinSamples = 5; MaxGap = '00:03:00' }

# The same rule for Invoke-PRCleanup, without confirmation and without delays.
$script:Cleanup = @{ IdleFor = $Rule.For; MinSamples = $Rule.MinSamples; MaxGap = $Rule.MaxGap; Jitter = '00:00:00' }

# Start-IdleEmulator: starts an emulator. All instances are running, cost 1 to N dollars per hour in the order of the list, and are idle by default.
function Start-IdleEmulator {
    param([int] $Instances = 6, [hashtable] $Workloads = @{}, [int] $RequestsPerMinute = 0)
    $emulator = Start-PREmulator -Instances 0 -RequestsPerMinute $RequestsPerMinute
    $emulator.ProvisioningTime = $emulator.StartingTime = [timespan]::Zero
    # The clock advances by days, and at balance 0 every instance would be terminated.
    $emulator.SetBalance(1e6)
    $emulator | Connect-PulseRun
    foreach ($i in 0..($Instances - 1)) { $null = Add-IdleInstance $emulator $i ($Workloads[$i] ?? 'idle') }
    $emulator
}

# Add-IdleInstance: adds an instance that has been running for ten days.
function Add-IdleInstance([PulseRun.Emulator] $Emulator, [int] $Index, [string] $Workload = 'idle') {
    $one = $Emulator.AddInstance([PulseRun.Instance] @{
            Id = "inst_$Index"; Gpu = ($Index % 2 ? 'rtx_4090' : 'h100_80gb'); Provider = 'vast_ai'; Region = 'eu-west'; Template = 'pytorch'
            CostPerHour = $Index + 1; Status = 'running'; StartedAt = $Emulator.UtcNow.AddDays(-10); CreatedAt = $Emulator.UtcNow.AddDays(-10)
        })
    $Emulator.SetWorkload($one.Id, $Workload)
    $one
}

# Read-Fleet: reads the whole fleet every two minutes, then clears the list of requests. Seven times cover the window of the rule.
function Read-Fleet([PulseRun.Emulator] $Emulator, [int] $Times = 7, [timespan] $Apart = '00:02:00') {
    foreach ($i in 1..$Times) {
        if ($i -gt 1) { $Emulator.Advance($Apart) }
        Get-PRIdleInstance | Out-Null
    }
    # Two calls on a fast machine can have the same millisecond, and the store keeps one reading per millisecond.
    $Emulator.Advance('00:00:00.100')
    $Emulator.ClearRequests()
}

# Watch-Fleet: advances the clock and records states often enough for a removal after an hour. Takes no readings, and clears the list of requests.
function Watch-Fleet([PulseRun.Emulator] $Emulator, [int] $Minutes, [int] $Step = 8) {
    for ($passed = 0; $passed -lt $Minutes; $passed += $Step) {
        $Emulator.Advance([timespan]::FromMinutes([Math]::Min($Step, $Minutes - $passed)))
        Get-PRIdleInstance -NoSample | Out-Null
    }
    $Emulator.ClearRequests()
}

# Set-Series: sets the readings that consecutive requests return; the last one is repeated. A number is the load of the GPU, $null is a response without one, 'missing' is no response.
function Set-Series([PulseRun.Emulator] $Emulator, [string] $Id, [object[]] $Loads, [timespan] $Step = '00:00:00') {
    $readings = foreach ($load in $Loads) {
        $reading = [PulseRun.EmulatorReading]::new()
        if ($load -is [hashtable]) {
            foreach ($name in $load.Keys) { $reading.$name = if ($name -eq 'Gpus') { , [Nullable[double][]] $load[$name] } else { $load[$name] } }
        }
        elseif ($load -eq 'missing') { $reading.Missing = $true }
        else { $reading.GpuUtilization = $load; $reading.MemoryUsage = 10 }
        $reading
    }
    $Emulator.SetWorkload($Id, [PulseRun.EmulatorReading[]] $readings, $Step)
}

# Invoke-TestCleanup: runs a cleanup with the rule above without confirmation, and returns its output and streams.
function Invoke-TestCleanup([hashtable] $With = @{}) {
    $parameters = $Cleanup + @{ Confirm = $false; ErrorAction = 'SilentlyContinue'; WarningAction = 'SilentlyContinue' }
    foreach ($name in $With.Keys) { $parameters[$name] = $With[$name] }
    $actions = @(Invoke-PRCleanup @parameters -ErrorVariable errors -WarningVariable warnings)
    [pscustomobject]@{
        Actions  = $actions
        Text     = @($actions | ForEach-Object { "$($_.Id) $($_.Action) $($_.Reason)" })
        Errors   = @($errors)
        ErrorIds = @($errors | ForEach-Object { Get-ErrorId $_ })
        Warnings = @($warnings)
    }
}

# Get-Running: returns the ids of the running instances.
function Get-Running([PulseRun.Emulator] $Emulator) { @($Emulator.Instances | Where-Object Status -EQ 'running' | ForEach-Object Id) }

# Get-Acts: returns the requests that change something.
function Get-Acts([PulseRun.Emulator] $Emulator) { @(Get-Sent $Emulator | Where-Object { $_ -notlike 'GET *' }) }

# Format-Rule: returns the rule as text, for another process.
function Format-Rule { "-For $($Rule.For) -MinSamples $($Rule.MinSamples) -MaxGap $($Rule.MaxGap)" }

# Invoke-StoreSql: executes SQL in the store that is in use, through the SQLite library that the module has loaded.
function Invoke-StoreSql([string] $Sql) {
    $raw = [AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetType('SQLitePCL.raw') } | Select-Object -First 1
    $db = $null
    if ($raw::sqlite3_open((Join-Path $env:PULSERUN_DATA_DIR pulserun.db), [ref] $db)) { throw "The store cannot be opened." }
    try {
        if ($raw::sqlite3_exec($db, $Sql)) { throw $raw::sqlite3_errmsg($db).utf8_to_string() }
    }
    finally { $db.Dispose() }
}
