# Shared by the scenarios and dot-sourced. Import.ps1 and StartToFirst.ps1 do not use it, because they measure a process that has loaded nothing.
$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.Utility
$headers = @{ Authorization = 'Bearer pr_test_bench' }

function Connect-Bench {
    param([string] $Address)
    Connect-PulseRun -BaseUri $Address -ApiKey (ConvertTo-SecureString 'pr_test_bench' -AsPlainText -Force)
}
