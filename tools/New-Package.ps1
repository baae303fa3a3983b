<#
.SYNOPSIS
    Creates PulseRun.<version>.nupkg from a staged module, and returns the file.
.DESCRIPTION
    This script reads the manifest, because only PowerShell can evaluate it (its RootModule is an expression). tools/PulseRun.Package writes the package.
    The version is that of the manifest. The same module always gives the same bytes.
    The tags are those that Find-PSResource searches: the type of the package, its editions and its cmdlets.
.EXAMPLE
    ./tools/New-Package.ps1
#>
[CmdletBinding()]
param(
    [string] $Module = (Join-Path (Split-Path $PSScriptRoot) 'out/PulseRun'),
    [string] $Output = (Join-Path (Split-Path $PSScriptRoot) 'out'),
    [string] $Configuration = 'Release'
)
$ErrorActionPreference = 'Stop'
Set-StrictMode -Version 3

$manifest = Test-ModuleManifest (Join-Path $Module "$(Split-Path -Leaf $Module).psd1")
$data = $manifest.PrivateData.PSData
$prerelease = if ($data.ContainsKey('Prerelease')) { "$($data.Prerelease)".TrimStart('-') }
$cmdlets = @($manifest.ExportedCmdlets.Keys | Sort-Object -Culture '')
$facts = [ordered]@{
    Id           = $manifest.Name
    Version      = "$($manifest.Version)$(if ($prerelease) { "-$prerelease" })"
    Authors      = $manifest.Author
    Owners       = $manifest.CompanyName
    Description  = $manifest.Description
    Copyright    = $manifest.Copyright
    ReleaseNotes = $manifest.ReleaseNotes
    ProjectUrl   = "$($manifest.ProjectUri)" ? "$($manifest.ProjectUri)" : $null
    Tags         = @($manifest.Tags) + 'PSModule' + 'PSIncludes_Cmdlet' + @($cmdlets | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })
}
$tool = Join-Path $PSScriptRoot "PulseRun.Package/bin/$Configuration/net10.0/PulseRun.Package.dll"
$path = $facts | ConvertTo-Json | & dotnet $tool pack (Resolve-Path $Module).Path $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Output)
if ($LASTEXITCODE -ne 0) { throw "The package was not created: $tool ended with exit code $LASTEXITCODE." }
Get-Item $path
