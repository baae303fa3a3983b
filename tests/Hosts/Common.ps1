# Functions that the scripts of this folder share.
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
$root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path
$env:DOTNET_CLI_TELEMETRY_OPTOUT = '1'
$env:DOTNET_NOLOGO = '1'

function Invoke-Dotnet {
    # Runs the dotnet program, and throws when it fails.
    param([string[]] $Arguments)
    & dotnet @Arguments | Out-Host
    if ($LASTEXITCODE -ne 0) { throw "dotnet $($Arguments -join ' ') failed with exit code $LASTEXITCODE." }
}

function Get-PackageFolder {
    # Returns the folder of the restored NuGet packages, after the packages of a host have been restored to it.
    param([string] $HostName, [string] $Work)
    Invoke-Dotnet @('restore', (Join-Path $PSScriptRoot 'Packages.csproj'), "-p:HostName=$HostName", '--artifacts-path', (Join-Path $Work 'packages'), '-v', 'quiet')
    ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim()
}

function New-WorkFolder {
    # Returns an empty folder below out/hosts.
    param([string] $Name)
    $work = Join-Path $root "out/hosts/$Name"
    Remove-Item $work -Recurse -Force -ErrorAction Ignore
    (New-Item -ItemType Directory -Force $work).FullName
}

function Start-Cloud {
    # Starts an emulator in this process, and returns it with its address and key.
    Import-Module (Join-Path $root 'out/PulseRun')
    $emulator = Start-PREmulator -Instances 6 -RequestsPerMinute 0
    $emulator.ProvisioningTime = [timespan]::Zero
    $emulator.StartingTime = [timespan]::Zero
    $emulator
}

function Invoke-Limited {
    # Runs a program with a time limit in seconds, and returns its output as lines. At the limit, it and its children are killed.
    param([string] $Program, [string[]] $Arguments, [int] $LimitSec, [hashtable] $Environment = @{}, [string] $Folder = $root)
    $start = [Diagnostics.ProcessStartInfo]::new($Program)
    foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
    foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
    $start.WorkingDirectory = $Folder
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $process = [Diagnostics.Process]::Start($start)
    $process.StandardInput.Close()
    $output = $process.StandardOutput.ReadToEndAsync()
    $errors = $process.StandardError.ReadToEndAsync()
    $isLate = -not $process.WaitForExit($LimitSec * 1000)
    if ($isLate) { $process.Kill($true) }
    # A grandchild may keep the pipes open.
    $null = [Threading.Tasks.Task]::WaitAll(@($output, $errors), 5000)
    foreach ($stream in $output, $errors) { if ($stream.IsCompletedSuccessfully) { ($stream.Result -replace '\e\][^\a]*\a|\e\[[0-9;?]*[a-zA-Z]' -split "`r?`n").Trim() | Where-Object { $_ -and $_ -notlike 'wine: Read access denied*' } } }
    if ($isLate) { "FAILED $(Split-Path $Program -Leaf): it did not end within $LimitSec s" }
}

function Test-Retry {
    # Returns true when as many failures may be those of a busy machine, so that their tests are run once more.
    param([int] $Failures)
    $Failures -gt 0 -and $Failures -le 5
}

function Complete-Host {
    # Shows what a host printed. Returns the number of failures; a host that did not reach its last step has one more.
    param([string] $Name, [string[]] $Lines)
    $Lines | ForEach-Object { Write-Host "  $_" }
    $failed = @($Lines | Where-Object { $_ -like 'FAILED *' }).Count
    if ($Lines -notcontains 'done' -and -not $failed) {
        Write-Host "  FAILED ${Name}: the steps did not run to their end"
        $failed = 1
    }
    $failed
}
