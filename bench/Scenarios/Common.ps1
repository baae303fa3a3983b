# What scenarios share; dot-sourced. Import.ps1 and StartToFirst.ps1 do without, as they time a process that has loaded nothing.
$ErrorActionPreference = 'Stop'
Import-Module Microsoft.PowerShell.Utility
$headers = @{ Authorization = 'Bearer pr_test_bench' }

function Connect-Bench {
    param([string] $Address)
    Connect-PulseRun -BaseUri $Address -ApiKey (ConvertTo-SecureString 'pr_test_bench' -AsPlainText -Force)
}
