# Dot-sourced after Common.ps1 by the tests of what is idle: readings in fast-forward, and a cleanup with all it says.

# A rule that seven readings, two minutes apart, satisfy.
$script:Rule = @{ For = '00:10:00'; MinSamples = 5; MaxGap = '00:03:00' }

# The same for Invoke-PRCleanup, which asks nobody and waits for nothing.
$script:Cleanup = @{ IdleFor = $Rule.For; MinSamples = $Rule.MinSamples; MaxGap = $Rule.MaxGap; Jitter = '00:00:00' }

# Start-IdleEmulator: all instances run, cost 1 to N dollars per hour in the order of the list, and rest unless told otherwise.
function Start-IdleEmulator {
    param([int] $Instances = 6, [hashtable] $Workloads = @{}, [int] $RequestsPerMinute = 0)
    $emulator = Start-PREmulator -Instances 0 -RequestsPerMinute $RequestsPerMinute
    $emulator.ProvisioningTime = $emulator.StartingTime = [timespan]::Zero
    # Days pass here: at balance 0 every instance would be terminated.
    $emulator.SetBalance(1e6)
    $emulator | Connect-PulseRun
    foreach ($i in 0..($Instances - 1)) { $null = Add-IdleInstance $emulator $i ($Workloads[$i] ?? 'idle') }
    $emulator
}

# Add-IdleInstance: one that has run for ten days.
function Add-IdleInstance([PulseRun.Emulator] $Emulator, [int] $Index, [string] $Workload = 'idle') {
    $one = $Emulator.AddInstance([PulseRun.Instance] @{
            Id = "inst_$Index"; Gpu = ($Index % 2 ? 'rtx_4090' : 'h100_80gb'); Provider = 'vast_ai'; Region = 'eu-west'; Template = 'pytorch'
            CostPerHour = $Index + 1; Status = 'running'; StartedAt = $Emulator.UtcNow.AddDays(-10); CreatedAt = $Emulator.UtcNow.AddDays(-10)
        })
    $Emulator.SetWorkload($one.Id, $Workload)
    $one
}

# Read-Fleet: readings of everything, two minutes apart; seven cover the window of the rule. Forgets the requests of that.
function Read-Fleet([PulseRun.Emulator] $Emulator, [int] $Times = 7, [timespan] $Apart = '00:02:00') {
    foreach ($i in 1..$Times) {
        if ($i -gt 1) { $Emulator.Advance($Apart) }
        Get-PRIdleInstance | Out-Null
    }
    # Two calls of a fast machine fit into one millisecond, and readings of one millisecond are one.
    $Emulator.Advance('00:00:00.100')
    $Emulator.ClearRequests()
}

# Watch-Fleet: time passes, and the states are seen often enough for a removal after an hour. Takes no readings, forgets the requests.
function Watch-Fleet([PulseRun.Emulator] $Emulator, [int] $Minutes, [int] $Step = 8) {
    for ($passed = 0; $passed -lt $Minutes; $passed += $Step) {
        $Emulator.Advance([timespan]::FromMinutes([Math]::Min($Step, $Minutes - $passed)))
        Get-PRIdleInstance -NoSample | Out-Null
    }
    $Emulator.ClearRequests()
}

# Set-Series: one reading for each request, the last one holds. A number is the GPU's load, $null an answer without one, 'missing' no answer.
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

# Invoke-TestCleanup: a cleanup by the rule above that asks nobody, and all that it put out.
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

# Get-Running: the ids of what still runs.
function Get-Running([PulseRun.Emulator] $Emulator) { @($Emulator.Instances | Where-Object Status -EQ 'running' | ForEach-Object Id) }

# Get-Acts: what was asked for that changes something.
function Get-Acts([PulseRun.Emulator] $Emulator) { @(Get-Sent $Emulator | Where-Object { $_ -notlike 'GET *' }) }

# Format-Rule: the rule as text, for a child.
function Format-Rule { "-For $($Rule.For) -MinSamples $($Rule.MinSamples) -MaxGap $($Rule.MaxGap)" }

# Invoke-StoreSql: what no cmdlet does, to the store that is in use. By the module's own SQLite, which it has loaded by now.
function Invoke-StoreSql([string] $Sql) {
    $raw = [AppDomain]::CurrentDomain.GetAssemblies() | ForEach-Object { $_.GetType('SQLitePCL.raw') } | Select-Object -First 1
    $db = $null
    if ($raw::sqlite3_open((Join-Path $env:PULSERUN_DATA_DIR pulserun.db), [ref] $db)) { throw "The store does not open." }
    try {
        if ($raw::sqlite3_exec($db, $Sql)) { throw $raw::sqlite3_errmsg($db).utf8_to_string() }
    }
    finally { $db.Dispose() }
}

# Start-Child and Receive-Child: Invoke-Child for several at once.
function Start-Child([string] $Script, [hashtable] $Environment) {
    $runspace = [powershell]::Create()
    $null = $runspace.AddScript("param(`$common, `$script, `$environment) . `$common; Invoke-Child `$script `$environment").
        AddArgument((Join-Path $PSScriptRoot Common.ps1)).AddArgument($Script).AddArgument($Environment)
    [pscustomobject]@{ Shell = $runspace; Running = $runspace.BeginInvoke() }
}
function Receive-Child([object] $Child) {
    try { $Child.Shell.EndInvoke($Child.Running) }
    finally { $Child.Shell.Dispose() }
}
