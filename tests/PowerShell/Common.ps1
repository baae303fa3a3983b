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

# Invoke-Child: runs a script in a new pwsh with the module imported; answers its output as text lines.
function Invoke-Child {
    param([string] $Script, [hashtable] $Environment = @{}, [string[]] $Switches = @('-NonInteractive'))
    [string[]] $pwsh = Get-PwshCommand
    $start = [System.Diagnostics.ProcessStartInfo]::new($pwsh[0])
    $encoded = [Convert]::ToBase64String([Text.Encoding]::Unicode.GetBytes("`$ProgressPreference='SilentlyContinue'; Import-Module '$ModulePath'; $Script"))
    foreach ($argument in @($pwsh | Select-Object -Skip 1) + '-NoProfile' + $Switches + '-EncodedCommand' + $encoded) { $start.ArgumentList.Add($argument) }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $child = [System.Diagnostics.Process]::Start($start)
    $errors = $child.StandardError.ReadToEndAsync()
    $output = $child.StandardOutput.ReadToEnd()
    $child.WaitForExit()
    [pscustomobject]@{ ExitCode = $child.ExitCode; Output = $output; Errors = $errors.Result; Lines = @($output -split "`r?`n" | Where-Object { $_ }) }
}
