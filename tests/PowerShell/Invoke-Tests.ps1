<#
.SYNOPSIS
    Runs the Pester tests against the staged module. Started by build.ps1 in a pwsh of its own, so that the module's files are never locked.
#>
param(
    [Parameter(Mandatory)] [string] $Result,
    [string] $Only
)
$ErrorActionPreference = 'Stop'
$packages = ((& dotnet nuget locals global-packages --list) -replace '^.*?:\s*', '').Trim()
Import-Module (Join-Path $packages 'pester/6.2.0/tools/Pester.psd1')

# Nothing of the developer's own may leak in, and nothing may leak out.
$sandbox = Join-Path ([IO.Path]::GetTempPath()) "pulserun-tests-$PID"
$null = New-Item -ItemType Directory -Force $sandbox
$env:PULSERUN_DATA_DIR = $sandbox
$env:PULSERUN_API_KEY = $null
$env:PULSERUN_BASE_URI = $null
try {
    $configuration = New-PesterConfiguration
    $configuration.Run.Path = $PSScriptRoot
    if ($Only) { $configuration.Run.Path = @(Get-ChildItem $PSScriptRoot -Filter "*$Only*.Tests.ps1" | ForEach-Object FullName) }
    $configuration.Run.PassThru = $true
    $configuration.Output.Verbosity = 'Normal'
    $run = Invoke-Pester -Configuration $configuration
    # A container or block that fails runs none of its tests: that is a failure too.
    $failed = $run.FailedCount + $run.FailedBlocksCount + $run.FailedContainersCount
    @{ Suite = 'Pester'; Passed = $run.PassedCount; Failed = $failed; Skipped = $run.SkippedCount } | ConvertTo-Json | Set-Content $Result
}
finally {
    Remove-Item $sandbox -Recurse -Force -ErrorAction Ignore
}
