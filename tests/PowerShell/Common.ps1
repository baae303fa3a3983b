# Dot-sourced by every test file. Imports the staged module, and defines helpers, such as for an emulator on a loopback port.

$ErrorActionPreference = 'Stop'
$script:Root = Split-Path (Split-Path $PSScriptRoot)
$script:ModulePath = Join-Path $Root 'out/PulseRun'
Import-Module $ModulePath

# Start-TestEmulator: starts an emulator with the seeded fleet, by default without a rate limit, and connects to it.
function Start-TestEmulator {
    param([int] $Instances = 6, [int] $RequestsPerMinute = 0, [double] $TimeScale = 1, [int] $Seed = 1, [hashtable] $Connect = @{})
    $emulator = Start-PREmulator -Instances $Instances -RequestsPerMinute $RequestsPerMinute -TimeScale $TimeScale -Seed $Seed
    $emulator.ProvisioningTime = [timespan]::Zero
    $emulator.StartingTime = [timespan]::Zero
    $emulator | Connect-PulseRun @Connect
    $emulator
}

# Add-Fault: adds a fault to the emulator.
function Add-Fault {
    param([PulseRun.Emulator] $Emulator, [string] $Kind, [hashtable] $With = @{})
    $With.Kind = $Kind
    $Emulator.AddFault([PulseRun.EmulatorFault] $With)
}

# Get-Sent: returns the requests that the emulator received, as "METHOD /path".
function Get-Sent([PulseRun.Emulator] $Emulator) {
    @($Emulator.Requests | ForEach-Object { "$($_.Method) $($_.Path)" })
}

# Get-ErrorId: returns the stable part of the id of an error.
function Get-ErrorId([System.Management.Automation.ErrorRecord] $ErrorRecord) {
    ($ErrorRecord.FullyQualifiedErrorId -split ',')[0]
}

# Get-PwshCommand: returns the command that starts this PowerShell in another process.
function Get-PwshCommand {
    $program = Join-Path $PSHOME ($IsWindows ? 'pwsh.exe' : 'pwsh')
    if (Test-Path $program) { , @($program) } else { , @('dotnet', (Join-Path $PSHOME 'pwsh.dll')) }
}

# Start-Child: starts a script in a new pwsh with the module imported; with '' as the module, none is imported.
function Start-Child {
    param([string] $Script, [hashtable] $Environment = @{}, [string[]] $Switches = @('-NonInteractive'), [string] $Module = $ModulePath)
    [string[]] $pwsh = Get-PwshCommand
    $start = [System.Diagnostics.ProcessStartInfo]::new($pwsh[0])
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("`$ProgressPreference='SilentlyContinue'; $(if ($Module) { "Import-Module '$Module'; " })$Script"))
    foreach ($argument in @($pwsh | Select-Object -Skip 1) + '-NoProfile' + $Switches + '-EncodedCommand' + $encoded) { $start.ArgumentList.Add($argument) }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $child = [System.Diagnostics.Process]::Start($start)
    [pscustomobject]@{ Process = $child; Output = $child.StandardOutput.ReadToEndAsync(); Errors = $child.StandardError.ReadToEndAsync() }
}

# Receive-Child: waits until the process has ended, and returns its output as lines.
function Receive-Child($Child) {
    $output = $Child.Output.Result
    $Child.Process.WaitForExit()
    [pscustomobject]@{ ExitCode = $Child.Process.ExitCode; Output = $output; Errors = $Child.Errors.Result; Lines = @($output -split "`r?`n" | Where-Object { $_ }) }
}

# Invoke-Child: runs Start-Child and Receive-Child.
function Invoke-Child {
    param([string] $Script, [hashtable] $Environment = @{}, [string[]] $Switches = @('-NonInteractive'), [string] $Module = $ModulePath)
    Receive-Child (Start-Child @PSBoundParameters)
}

# Invoke-Runspace: runs a script in a new runspace of this process with the module imported. Environment variables are set meanwhile; with $null they are removed.
function Invoke-Runspace {
    param([string] $Script, [hashtable] $Environment = @{})
    $was = @{}
    foreach ($name in $Environment.Keys) {
        $was[$name] = [Environment]::GetEnvironmentVariable($name)
        [Environment]::SetEnvironmentVariable($name, $Environment[$name])
    }
    $shell = [powershell]::Create()
    try {
        $null = $shell.AddScript("Import-Module '$ModulePath'; $Script")
        $lines = @($shell.Invoke() | Out-String -Stream -Width 4000 | Where-Object { $_ })
        [pscustomobject]@{ Output = $lines -join "`n"; Lines = $lines; Errors = "$($shell.Streams.Error)" }
    }
    finally {
        $shell.Dispose()
        foreach ($name in $was.Keys) { [Environment]::SetEnvironmentVariable($name, $was[$name]) }
    }
}

# Get-Outcome: runs a script block, and returns its output, its non-terminating errors, its other streams, and the error that ended it.
function Get-Outcome([scriptblock] $Script) {
    $ErrorActionPreference = 'Continue'
    $all = [System.Collections.Generic.List[object]]::new()
    $ended = $null
    try { & $Script *>&1 | ForEach-Object { $all.Add($_) } }
    catch { $ended = $_ }
    $of = { param([type] $Type) , @($all | Where-Object { $_ -is $Type }) }
    [pscustomobject]@{
        Output   = @($all | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] -and $_ -isnot [System.Management.Automation.InformationalRecord] })
        Errors   = & $of ([System.Management.Automation.ErrorRecord])
        Warnings = & $of ([System.Management.Automation.WarningRecord])
        Verbose  = & $of ([System.Management.Automation.VerboseRecord])
        All      = $all
        Ended    = $ended
        EndedId  = if ($ended) { Get-ErrorId $ended }
        ErrorIds = @($all | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | ForEach-Object { Get-ErrorId $_ })
    }
}

# Get-SentCount: returns the number of requests that match a wildcard pattern.
function Get-SentCount([PulseRun.Emulator] $Emulator, [string] $Like) {
    @(Get-Sent $Emulator | Where-Object { $_ -like $Like }).Count
}

# Connect-Other: returns a connection to another emulator; the current connection stays the same.
function Connect-Other([PulseRun.Emulator] $Emulator, [PulseRun.Emulator] $Current) {
    $Emulator | Connect-PulseRun -PassThru
    $Current | Connect-PulseRun
}

# ConvertTo-Key: converts a text to a key for Connect-PulseRun.
function ConvertTo-Key([string] $Text) { ConvertTo-SecureString $Text -AsPlainText -Force }

# Start-Pipeline: starts a script in a separate runspace, so that the test can stop it. The script can use $ModulePath and $emulator.
function Start-Pipeline {
    param([PulseRun.Emulator] $Emulator, [string] $Script)
    $shell = [powershell]::Create()
    $null = $shell.AddScript("param(`$module, `$emulator) Import-Module `$module; `$emulator | Connect-PulseRun; $Script").AddArgument($ModulePath).AddArgument($Emulator)
    [pscustomobject]@{ Shell = $shell; Running = $shell.BeginInvoke() }
}

# Wait-Until: waits until a condition is true. Throws after a minute, which only a very busy machine needs.
function Wait-Until([scriptblock] $Condition) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    # Looks seldom once it waits for long, because most conditions take milliseconds of a processor.
    for ($wait = 10; -not (& $Condition); $wait = [Math]::Min(60, $wait + 5)) {
        if ($clock.Elapsed.TotalSeconds -gt 60) { throw "The condition did not become true within a minute: $Condition" }
        [System.Threading.Thread]::Sleep($wait)
    }
}

# Get-LocalPort: returns a port on which no program listens. It is below those that the kernel gives to outgoing connections, so nothing takes it before the program that the caller starts.
function Get-LocalPort {
    while ($true) {
        $port = Get-Random -Minimum 15000 -Maximum 32000
        $probe = [System.Net.Sockets.TcpListener]::new([ipaddress]::Loopback, $port)
        try { $probe.Start(); return $port }
        catch [System.Net.Sockets.SocketException] { }
        finally { $probe.Stop() }
    }
}

# Invoke-Silent: runs a script in a runspace whose host discards what it should show, such as the lines of -WhatIf. Returns the output.
function Invoke-Silent([PulseRun.Emulator] $Emulator, [string] $Script) {
    $pipeline = Start-Pipeline $Emulator $Script
    try { $pipeline.Shell.EndInvoke($pipeline.Running) }
    finally { $pipeline.Shell.Dispose() }
}

# Get-ConnectionVariables: returns the environment variables with which a new process uses this emulator and the store of this process.
function Get-ConnectionVariables([PulseRun.Emulator] $Emulator) {
    @{ PULSERUN_API_KEY = $Emulator.ApiKey; PULSERUN_BASE_URI = "$($Emulator.BaseUri)"; PULSERUN_DATA_DIR = $env:PULSERUN_DATA_DIR }
}
