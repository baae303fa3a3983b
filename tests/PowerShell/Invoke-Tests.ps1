<#
.SYNOPSIS
    Runs the Pester tests against the staged module.
.DESCRIPTION
    The files are run by a few child processes, so that the module's files are never locked, and each child takes the next
    file when it has finished one. A file that runs longer than its limit has failed: its child is killed, and a new one goes on.
#>
param(
    # The path of the file to which the counts are written, as JSON.
    [Parameter(Mandatory)] [string] $Result,

    # Runs only files whose name contains this text, or one file by its whole name.
    [string] $Only,

    # The number of files that run concurrently.
    [int] $Workers = 2,

    # The time limit for one file, in seconds.
    [int] $LimitSec = 600,

    # Shows the slowest tests of each file.
    [switch] $Slowest,

    # For child processes: the folder with the remaining files, and the manifest of Pester.
    [string] $Queue,
    [string] $Pester
)
$ErrorActionPreference = 'Stop'

# Returns the processor time of this process and of its children that have ended, in seconds. Linux counts it, other systems do not.
function Get-ProcessorTime {
    if (-not $IsLinux) { return 0 }
    $fields = (Get-Content -Raw /proc/self/stat) -replace '^.*\) ' -split ' '
    # User and system time of the process and of its children, in hundredths of a second.
    ($fields[11..14] | Measure-Object -Sum).Sum / 100
}

# Runs files from the queue in sequence. A process takes a file by renaming it, which succeeds in one process only.
function Invoke-Worker {
    Import-Module $Pester

    # The settings of the developer must not affect the tests, and the tests must not change them.
    $env:PULSERUN_API_KEY = $null
    $env:PULSERUN_BASE_URI = $null
    foreach ($waiting in Get-ChildItem $Queue -Filter '*.todo' | Sort-Object Name) {
        $taken = [IO.Path]::ChangeExtension($waiting.FullName, ".$PID")
        try { [IO.File]::Move($waiting.FullName, $taken) } catch { continue }
        (Get-Item $taken).LastWriteTimeUtc = [datetime]::UtcNow
        # Each file has its own data folder, so that a profile that one file saved does not affect the next.
        $env:PULSERUN_DATA_DIR = (New-Item -ItemType Directory (Join-Path $Queue "data-$($waiting.BaseName)")).FullName
        $processor = Get-ProcessorTime
        $configuration = New-PesterConfiguration
        $configuration.Run.Path = Get-Content $taken
        $configuration.Run.PassThru = $true
        $configuration.Output.Verbosity = 'Normal'
        $text = [Text.StringBuilder]::new()
        $run = Invoke-Pester -Configuration $configuration 6>&1 | ForEach-Object {
            if ($_ -isnot [Management.Automation.InformationRecord]) { return $_ }
            $null = $text.Append("$_")
            if (-not $_.MessageData.NoNewLine) { $null = $text.AppendLine() }
        }
        # A failed container or block runs none of its tests, so it counts as a failure.
        $failed = $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount
        $lines = @($text.ToString() -split "`r?`n" | Where-Object { $_ -notmatch 'Running tests from|Tests completed in|Tests Passed:' -and $_ -replace '\e\[[0-9;]*m' })
        $names = @($run.Failed | ForEach-Object { "$($_.ExpandedPath): $(("$($_.ErrorRecord[0])" -split "`r?`n" | Select-Object -First 3) -join ' ')" })
        $slowest = @($run.Tests | Sort-Object Duration -Descending | Select-Object -First 5 | ForEach-Object { '{0,6:0.0} s  {1}' -f $_.Duration.TotalSeconds, $_.ExpandedPath })
        @{ File = $waiting.BaseName -replace '^\d+-'; Seconds = $run.Duration.TotalSeconds; Processor = (Get-ProcessorTime) - $processor; Slowest = $slowest; Passed = $run.PassedCount; Failed = $failed; Skipped = $run.SkippedCount; Names = $names; Text = $lines } | ConvertTo-Json | Set-Content "$taken.part"
        [IO.File]::Move("$taken.part", [IO.Path]::ChangeExtension($taken, '.done'))
    }
}

# Starts another child process.
function Start-Worker {
    $program = Join-Path $PSHOME ($IsWindows ? 'pwsh.exe' : 'pwsh')
    $start = [Diagnostics.ProcessStartInfo]::new(((Test-Path $program) ? $program : 'dotnet'))
    foreach ($argument in @(if (-not (Test-Path $program)) { Join-Path $PSHOME 'pwsh.dll' }) + '-NoProfile', '-NonInteractive', '-File', $PSCommandPath, '-Result', $Result, '-Queue', $Queue, '-Pester', $Pester) { $start.ArgumentList.Add($argument) }
    [Diagnostics.Process]::Start($start)
}

if ($Queue) {
    Invoke-Worker
    return
}

$Pester = Join-Path ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim() 'pester/6.2.0/tools/Pester.psd1'
$Queue = Join-Path ([IO.Path]::GetTempPath()) "pulserun-tests-$PID"
$null = New-Item -ItemType Directory -Force $Queue
# Retry has the names of the files with a failure.
$sum = @{ Suite = 'Pester'; Passed = 0; Failed = 0; Skipped = 0; Names = @(); Retry = @() }
$times = @()
$children = @()
try {
    # The longest files run first, so that none of them runs alone at the end. Some of these wait, and others use a processor all the time.
    $long = 'TeamFaults', 'Help', 'Ladder', 'New-PRInstance', 'Invoke-PRCommand', 'Examples', 'Interrupt', 'Completion', 'TeamStore', 'Secrets', 'Package', 'Lifetime.Kills', 'FreshProcesses', 'Connect-PulseRun', 'Readme', 'Audit', 'New-PRInstance.Ends', 'Module' | ForEach-Object { "$_.Tests.ps1" }
    $files = @(Get-ChildItem $PSScriptRoot -Filter ($Only -like '*.Tests.ps1' ? $Only : "*$Only*.Tests.ps1") | Sort-Object { $at = [array]::IndexOf($long, $_.Name); $at -lt 0 ? $long.Count : $at }, Name)
    $number = 0
    foreach ($file in $files) { Set-Content (Join-Path $Queue ('{0:000}-{1}.todo' -f $number++, $file.Name)) $file.FullName }
    $children = @(1..([math]::Min($Workers, [math]::Max(1, $files.Count))) | ForEach-Object { Start-Worker })
    # Reads the folder by .NET: a wildcard in Test-Path or Get-ChildItem takes 10 to 30 ms of a processor each time.
    $find = { param($Pattern) [IO.Directory]::GetFiles($Queue, $Pattern) }
    while ($children -or (& $find '*.todo') -or (& $find '*.done')) {
        foreach ($done in & $find '*.done') {
            $counts = Get-Content -Raw $done | ConvertFrom-Json
            $counts.Text | Write-Host
            $times += $counts
            foreach ($name in 'Passed', 'Failed', 'Skipped', 'Names') { $sum[$name] += $counts.$name }
            if ($counts.Failed) { $sum.Retry += $counts.File }
            # A file that is still in the folder was not run to its end, whatever its result says.
            Remove-Item $done, ([IO.Path]::ChangeExtension($done, '.*')) -ErrorAction Ignore
        }
        foreach ($child in @($children)) {
            $ended = $child.HasExited
            $taken = & $find "*.$($child.Id)" | Where-Object { -not [IO.File]::Exists([IO.Path]::ChangeExtension($_, '.done')) }
            $isLate = $taken -and ([datetime]::UtcNow - [IO.File]::GetLastWriteTimeUtc($taken)).TotalSeconds -gt $LimitSec
            if ($isLate) {
                $child.Kill($true)
                $child.WaitForExit()
            }
            if (-not ($ended -or $isLate)) { continue }
            $children = @($children | Where-Object Id -NE $child.Id)
            if ($taken) {
                $sum.Failed++
                $sum.Retry += Split-Path -Leaf (Get-Content $taken)
                $sum.Names += "$(Get-Content $taken): $($isLate ? "ran longer than $LimitSec s and was ended" : "ended its process with exit code $($child.ExitCode)")"
                Write-Host "[-] $($sum.Names[-1])"
                Remove-Item $taken
            }
            if (& $find '*.todo') { $children += Start-Worker }
        }
        if ($children) { Start-Sleep -Milliseconds 300 }
    }
    # Shows where the time goes: the seconds of each file, those of the processor, and with -Only its slowest tests.
    foreach ($file in $times | Sort-Object Processor, Seconds -Descending) {
        Write-Host ('{0,4:0} s  {1,5:0.0} s of a processor  {2} ({3} tests)' -f $file.Seconds, $file.Processor, $file.File, ($file.Passed + $file.Failed + $file.Skipped))
        if ($Only -or $Slowest) { $file.Slowest | ForEach-Object { Write-Host "      $_" } }
    }
    $sum | ConvertTo-Json | Set-Content $Result
}
finally {
    $children | Where-Object { -not $_.HasExited } | ForEach-Object { $_.Kill($true) }
    Remove-Item $Queue -Recurse -Force -ErrorAction Ignore
}
