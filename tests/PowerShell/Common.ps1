# Dot-sourced by every test file: the staged module, an emulator on a real socket, and few helpers.

$ErrorActionPreference = 'Stop'
$script:Root = Split-Path (Split-Path $PSScriptRoot)
$script:ModulePath = Join-Path $Root 'out/PulseRun'
Import-Module $ModulePath

# Start-TestEmulator: the seeded fleet behind a loopback port, without a rate limit unless asked, and connected to.
function Start-TestEmulator {
    param([int] $Instances = 6, [int] $RequestsPerMinute = 0, [double] $TimeScale = 1, [int] $Seed = 1, [hashtable] $Connect = @{})
    $emulator = Start-PREmulator -Instances $Instances -RequestsPerMinute $RequestsPerMinute -TimeScale $TimeScale -Seed $Seed
    $emulator.ProvisioningTime = [timespan]::Zero
    $emulator.StartingTime = [timespan]::Zero
    $emulator | Connect-PulseRun @Connect
    $emulator
}

# Add-Fault: a fault in one line.
function Add-Fault {
    param([PulseRun.Emulator] $Emulator, [string] $Kind, [hashtable] $With = @{})
    $With.Kind = $Kind
    $Emulator.AddFault([PulseRun.EmulatorFault] $With)
}

# Get-Sent: what the emulator was asked, as "METHOD /path" lines.
function Get-Sent([PulseRun.Emulator] $Emulator) {
    @($Emulator.Requests | ForEach-Object { "$($_.Method) $($_.Path)" })
}

# Get-ErrorId: the stable part of an error's id.
function Get-ErrorId([System.Management.Automation.ErrorRecord] $ErrorRecord) {
    ($ErrorRecord.FullyQualifiedErrorId -split ',')[0]
}

# Get-PwshCommand: this PowerShell as a command, for tests that need a process of their own.
function Get-PwshCommand {
    $program = Join-Path $PSHOME ($IsWindows ? 'pwsh.exe' : 'pwsh')
    if (Test-Path $program) { , @($program) } else { , @('dotnet', (Join-Path $PSHOME 'pwsh.dll')) }
}

# Start-Child: starts a script in a new pwsh with the module imported; '' imports none.
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

# Receive-Child: waits for its end; answers its output as text lines.
function Receive-Child($Child) {
    $output = $Child.Output.Result
    $Child.Process.WaitForExit()
    [pscustomobject]@{ ExitCode = $Child.Process.ExitCode; Output = $output; Errors = $Child.Errors.Result; Lines = @($output -split "`r?`n" | Where-Object { $_ }) }
}

# Invoke-Child: both.
function Invoke-Child {
    param([string] $Script, [hashtable] $Environment = @{}, [string[]] $Switches = @('-NonInteractive'), [string] $Module = $ModulePath)
    Receive-Child (Start-Child @PSBoundParameters)
}

# Get-Outcome: all a script block did: its output, its non-terminating errors, its other streams, and the error that ended it.
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

# Get-Sent as a filter: how many requests there were of this form.
function Get-SentCount([PulseRun.Emulator] $Emulator, [string] $Like) {
    @(Get-Sent $Emulator | Where-Object { $_ -like $Like }).Count
}

# Connect-Other: a connection to another emulator, without making it the current one of the caller.
function Connect-Other([PulseRun.Emulator] $Emulator, [PulseRun.Emulator] $Current) {
    $Emulator | Connect-PulseRun -PassThru
    $Current | Connect-PulseRun
}

# ConvertTo-Key: a key as Connect-PulseRun takes it.
function ConvertTo-Key([string] $Text) { ConvertTo-SecureString $Text -AsPlainText -Force }

# Start-Pipeline: a script in a runspace of its own, so that it can be stopped from here. It gets the module's path and $emulator.
function Start-Pipeline {
    param([PulseRun.Emulator] $Emulator, [string] $Script)
    $shell = [powershell]::Create()
    $null = $shell.AddScript("param(`$module, `$emulator) Import-Module `$module; `$emulator | Connect-PulseRun; $Script").AddArgument($ModulePath).AddArgument($Emulator)
    [pscustomobject]@{ Shell = $shell; Running = $shell.BeginInvoke() }
}

# Wait-Until: looks until something is so; it must become so within 20 seconds.
function Wait-Until([scriptblock] $Condition) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($clock.Elapsed.TotalSeconds -gt 20) { throw "It did not happen within 20 s: $Condition" }
        Start-Sleep -Milliseconds 10
    }
}

# Invoke-Silent: a script in a runspace whose host shows nothing, such as the lines of -WhatIf. Answers its output.
function Invoke-Silent([PulseRun.Emulator] $Emulator, [string] $Script) {
    $pipeline = Start-Pipeline $Emulator $Script
    try { $pipeline.Shell.EndInvoke($pipeline.Running) }
    finally { $pipeline.Shell.Dispose() }
}

# Get-ConnectionVariables: what a new process needs to meet this emulator with the store of this one.
function Get-ConnectionVariables([PulseRun.Emulator] $Emulator) {
    @{ PULSERUN_API_KEY = $Emulator.ApiKey; PULSERUN_BASE_URI = "$($Emulator.BaseUri)"; PULSERUN_DATA_DIR = $env:PULSERUN_DATA_DIR }
}
