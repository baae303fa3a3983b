#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Runs the lines of the shell block of README.md: clones this repository, builds the module for the demo, and shows the demo.
.DESCRIPTION
    Needs git and sh, and that this folder is a clone itself. Without them it prints one line and ends. The clone has what is
    committed. Exits with 1 when a line fails or the demo stops no instance.
.EXAMPLE
    ./tests/Hosts/Clone.ps1
#>
param(
    # The path of a file for the counts, as JSON.
    [string] $Result
)
. (Join-Path $PSScriptRoot 'Common.ps1')
function Write-Counts([int] $Passed, [string[]] $Names) {
    if ($Result) { @{ Passed = $Passed; Failed = $Names.Count; Skipped = 0; Names = @($Names) } | ConvertTo-Json | Set-Content $Result }
}

if (-not ((Get-Command git, sh -ErrorAction Ignore).Count -eq 2 -and (Test-Path (Join-Path $root '.git')))) {
    Write-Host 'Clone: not run, as git or sh is not installed, or this is no clone.'
    Write-Counts 0 @()
    return
}
$readme = (Get-Content -Raw (Join-Path $root 'README.md')) -replace "`r"
# Not below out/, where the clone would find the settings of this repository.
$work = (New-Item -ItemType Directory (Join-Path ([IO.Path]::GetTempPath()) "pulserun-clone-$([guid]::NewGuid().ToString('n'))")).FullName
try {
    Set-Content (Join-Path $work 'lines.sh') "set -e`n$([regex]::Match($readme, '(?ms)^```sh\n(.*?)^```').Groups[1].Value)`necho 'all lines succeeded'"
    $null = New-Item -ItemType Directory (Join-Path $work clone)
    $lines = @(Invoke-Limited sh @((Join-Path $work 'lines.sh')) 300 @{ REPOSITORY = $root } (Join-Path $work clone))
}
finally { Remove-Item $work -Recurse -Force -ErrorAction Ignore }
$isShown = @($lines -match 'idle instances stopped').Count -gt 0 -and $lines -contains 'all lines succeeded'
if (-not $isShown) { $lines | ForEach-Object { Write-Host "  $_" } }
Write-Host "Clone: the demo of README.md $($isShown ? 'runs' : 'FAILED')."
Write-Counts ([int] $isShown) @(if (-not $isShown) { 'the lines of the shell block of README.md do not show the demo' })
if (-not $isShown) { exit 1 }
