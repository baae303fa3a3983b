#!/usr/bin/env pwsh
#Requires -Version 7.4
<#
.SYNOPSIS
    Runs the main steps of the module on linux-arm64, by emulation of the processor.
.DESCRIPTION
    Needs qemu-aarch64-static (Debian: qemu-user-static) and the staged module (dotnet build -c Release). The PowerShell engine is a
    self-contained program of Microsoft.PowerShell.SDK; the C libraries of arm64 come from Debian packages that are unpacked, not installed.
    A smoke run of about two minutes. Without the tools it prints one line and ends. Exits with 1 when a step fails.
.EXAMPLE
    ./tests/Hosts/LinuxArm64.ps1
#>
param()
. (Join-Path $PSScriptRoot 'Common.ps1')
foreach ($tool in 'qemu-aarch64-static', 'apt-get', 'dpkg') {
    if (-not (Get-Command $tool -ErrorAction Ignore)) {
        Write-Host "linux-arm64: not run, as $tool is not installed."
        return
    }
}

function Install-Libraries {
    # Unpacks the C libraries of arm64 into a folder of their own. apt gets its own state, so that the machine's stays as it is.
    param([string] $Work)
    $state = Join-Path $Work 'apt'
    $null = New-Item -ItemType Directory -Force "$state/lists/partial", "$state/cache/archives/partial", "$Work/root", "$Work/packages"
    $null = New-Item -ItemType File -Force "$state/status"
    $options = @('-qq', '-o', 'APT::Architecture=arm64', '-o', 'APT::Architectures::=arm64', '-o', "Dir::State=$state", '-o', "Dir::State::Lists=$state/lists", '-o', "Dir::State::status=$state/status", '-o', "Dir::Cache=$state/cache", '-o', 'APT::Sandbox::User=root', '-o', 'Debug::NoLocking=1')
    & apt-get @options update 2>&1 | Out-Null
    Push-Location "$Work/packages"
    try { & apt-get @options download libc6 libgcc-s1 libstdc++6 zlib1g libssl3 2>&1 | Out-Null }
    finally { Pop-Location }
    $packages = @(Get-ChildItem "$Work/packages" -Filter '*.deb')
    foreach ($package in $packages) { & dpkg -x $package.FullName "$Work/root" }
    $packages.Count -ge 5
}

function Publish-Engine {
    # Publishes a program for arm64 that runs a script in the PowerShell engine, and returns its path.
    param([string] $Work)
    $publish = Join-Path $Work 'engine'
    Invoke-Dotnet @('publish', (Join-Path $PSScriptRoot 'Engine/Engine.csproj'), '-c', 'Release', '-r', 'linux-arm64', '--self-contained', '-o', $publish, '-v', 'quiet', '-clp:NoSummary', '--artifacts-path', (Join-Path $Work 'build'))
    $packages = ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim()
    Copy-Item -Recurse -Force (Join-Path $packages 'microsoft.powershell.sdk/7.6.9/contentFiles/any/any/runtimes/unix/lib/net10.0/Modules') $publish
    Join-Path $publish 'Engine'
}

$work = New-WorkFolder arm64
if (-not (Install-Libraries $work)) {
    Write-Host 'linux-arm64: not run, as the arm64 packages of Debian cannot be fetched.'
    return
}
$engine = Publish-Engine $work
$cloud = Start-Cloud
try {
    $lines = Invoke-Limited 'qemu-aarch64-static' @('-L', "$work/root", $engine, (Join-Path $PSScriptRoot 'Steps.ps1'), (Join-Path $root 'out/PulseRun'), $cloud.BaseUri, $cloud.ApiKey, "$work/data") -LimitSec 300 -Environment @{ DOTNET_SYSTEM_GLOBALIZATION_INVARIANT = '1' }
}
finally { $cloud | Stop-PREmulator }
$failed = Complete-Host 'linux-arm64' $lines
Write-Host "linux-arm64: $(@($lines | Where-Object { $_ -like 'ok *' }).Count) steps passed, $failed failed."
if ($failed) { exit 1 }
