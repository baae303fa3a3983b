#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Makes the pictures of README.md from real runs of the module: the live view, the report, and tab completion.
.DESCRIPTION
    Build the module first. Needs tmux and Chromium. The fleet is that of tools/PictureFleet.ps1, on the emulator.
.EXAMPLE
    dotnet tool exec -y powershell ./tools/New-Pictures.ps1
#>
[CmdletBinding()]
param(
    # The module.
    [string] $Module = (Join-Path $PSScriptRoot '../out/PulseRun'),

    # The folder of the pictures.
    [string] $Folder = (Join-Path $PSScriptRoot '../docs/pictures'),

    # The largest size of a picture, in bytes.
    [int] $Most = 200000
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3
. $PSScriptRoot/PictureFleet.ps1
. $PSScriptRoot/TerminalPicture.ps1
. $PSScriptRoot/Chromium.ps1
if (-not (Get-Command tmux -ErrorAction Ignore)) { throw 'Install tmux first.' }
if (-not (Get-Chromium)) { throw 'Install Chromium first.' }
$data = Join-Path ([IO.Path]::GetTempPath()) "pulserun-pictures-$PID"
$env:PULSERUN_DATA_DIR = $data
$null = New-Item -ItemType Directory -Force $data
Import-Module $Module
$Module = Convert-Path $Module
$null = New-Item -ItemType Directory -Force $Folder
$program = Join-Path $PSHOME 'pwsh'
$pwsh = @(if (Test-Path $program) { $program } else { 'dotnet'; Join-Path $PSHOME 'pwsh.dll' })

$emulator = New-PictureFleet
try {
    Export-PRReport "$data/report.html"
    $browser = Start-Chromium
    try {
        Open-ChromiumPage $browser "$data/report.html" -Width 1100
        Save-ChromiumPicture $browser "$Folder/report.png" -Height 1180
    }
    finally { Stop-Chromium $browser }

    # The terminal has a fleet of its own, because another process does not know how far the clock of this emulator was advanced.
    Set-Content "$data/session.ps1" @"
        Import-Module PSReadLine
        Set-PSReadLineOption -HistorySaveStyle SaveNothing -PredictionSource None -EditMode Windows
        Set-PSReadLineKeyHandler Tab MenuComplete
        Import-Module '$Module'
        . '$PSScriptRoot/PictureFleet.ps1'
        `$emulator = New-PictureFleet -Days 0.06 -Apart 00:01:00
        function prompt { 'PS> ' }
        `$null = Get-PRInstance
        Clear-Host
"@
    $session = @{
        Command     = $pwsh + '-NoLogo', '-NoProfile', '-NoExit', '-File', "$data/session.ps1"
        Environment = @{ PULSERUN_DATA_DIR = "$data/terminal"; COLORTERM = 'truecolor' }
    }
    $terminal = Start-Terminal @session -Width 118 -Height 16
    try {
        Wait-Terminal $terminal 'PS>\s*\z'
        Send-Terminal $terminal 'Watch-PRInstance -Sort Verdict', 'Enter'
        Wait-Terminal $terminal 'next at'
        Send-Terminal $terminal 'Down'
        Save-Terminal $terminal "$Folder/watch.svg" 'Watch-PRInstance: the fleet, live'
    }
    finally { Stop-Terminal $terminal }

    $terminal = Start-Terminal @session -Width 118 -Height 14
    try {
        Wait-Terminal $terminal 'PS>\s*\z'
        Send-Terminal $terminal 'Stop-PRInstance inst_', 'Tab'
        Wait-Terminal $terminal 'inst_\w+ +inst_'
        Save-Terminal $terminal "$Folder/completion.svg" 'Tab completes the ids of running instances'
    }
    finally { Stop-Terminal $terminal }
}
finally {
    Stop-PREmulator
    Disconnect-PulseRun
    Remove-Item $data -Recurse -Force -ErrorAction Ignore
}
foreach ($picture in Get-ChildItem $Folder -File) {
    '{0}: {1:N0} bytes' -f $picture.Name, $picture.Length
    if ($picture.Length -gt $Most) { throw "$($picture.Name) is larger than $Most bytes." }
}
