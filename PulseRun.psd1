@{
    RootModule             = if ($PSEdition -eq 'Core') { 'bin/net8.0/PulseRun.PowerShell.dll' } else { 'bin/net472/PulseRun.PowerShell.dll' }
    ModuleVersion          = '0.1.0'
    GUID                   = '5d0f2b1c-5c0e-4f9d-9f4e-2a6f1b7c8d31'
    Author                 = 'PulseRun for PowerShell contributors'
    CompanyName            = 'PulseRun for PowerShell contributors'
    Copyright              = 'MIT licence'
    Description            = 'Rents, lists, measures, stops and removes GPUs on PulseRun from the pipeline: typed objects, few requests, never a wrong stop, never a double launch.'
    PowerShellVersion      = '5.1'
    CompatiblePSEditions   = @('Core', 'Desktop')
    DotNetFrameworkVersion = '4.7.2'
    HelpInfoURI            = 'https://docs-staging.pulserun.dev/powershell/'
    FormatsToProcess       = @('formats/PulseRun.Format.ps1xml')
    FunctionsToExport      = @()
    VariablesToExport      = @()
    AliasesToExport        = @()
    CmdletsToExport        = @(
        'Connect-PulseRun', 'Disconnect-PulseRun', 'Get-PRContext',
        'Get-PRProfile', 'Set-PRInstance', 'Set-PRProfile', 'Remove-PRProfile',
        'Get-PRInstance', 'New-PRInstance', 'Start-PRInstance', 'Stop-PRInstance', 'Remove-PRInstance',
        'Get-PRInstanceMetrics', 'Wait-PRInstance', 'Watch-PRInstance', 'Resolve-PRLaunch',
        'Get-PRIdleInstance', 'Test-PRIdleRule', 'Invoke-PRCleanup', 'Protect-PRInstance', 'Unprotect-PRInstance', 'Get-PRProtection',
        'Register-PRCleanup', 'Unregister-PRCleanup', 'Get-PRCleanupTask',
        'Enter-PRInstance', 'Invoke-PRCommand', 'Copy-PRItem', 'Open-PRTunnel', 'Get-PRTunnel', 'Close-PRTunnel',
        'Invoke-PRJob', 'Get-PRJob', 'Receive-PRJob', 'Wait-PRJob', 'Stop-PRJob', 'Open-PRJupyter',
        'Get-PRPolicy', 'Get-PRBudget', 'Set-PRBudget', 'Remove-PRBudget',
        'Measure-PRCost', 'Get-PRBalance', 'Get-PRTransaction', 'Export-PRReport', 'Watch-PRBalance',
        'New-PRAlert', 'Get-PRAlert', 'Remove-PRAlert',
        'New-PRSchedule', 'Get-PRSchedule', 'Set-PRSchedule', 'Remove-PRSchedule', 'Get-PRScheduleRun',
        'New-PRWebhook', 'Get-PRWebhook', 'Set-PRWebhook', 'Remove-PRWebhook', 'Test-PRWebhookSignature', 'Receive-PRWebhook',
        'Export-PRMetric', 'Send-PRNotification',
        'Initialize-PRStore', 'Get-PRStore', 'Import-PRHistory', 'Clear-PRHistory',
        'Start-PREmulator', 'Stop-PREmulator'
    )
    PrivateData            = @{
        PSData = @{
            Tags         = @('GPU', 'Cloud', 'PulseRun', 'FinOps', 'PSEdition_Core', 'PSEdition_Desktop', 'Windows', 'Linux', 'MacOS')
            ProjectUri   = 'https://docs-staging.pulserun.dev'
            LicenseUri   = 'https://opensource.org/license/mit'
            ReleaseNotes = 'See CHANGELOG.md.'
        }
    }
}
