using System.Collections.Generic;

namespace PulseRun.Package;

/// <summary>Holds the data of the module manifest, which tools/New-Package.ps1 reads with PowerShell.</summary>
/// <param name="Id">The name of the module.</param>
/// <param name="Version">The version, with the prerelease suffix if there is one.</param>
/// <param name="Authors">The authors.</param>
/// <param name="Owners">The company.</param>
/// <param name="Description">The description.</param>
/// <param name="Copyright">The copyright notice.</param>
/// <param name="ReleaseNotes">The release notes.</param>
/// <param name="ProjectUrl">The address of the project; null when the manifest has none.</param>
/// <param name="Tags">The search tags.</param>
internal sealed record ModuleFacts(
    string Id,
    string Version,
    string Authors,
    string Owners,
    string Description,
    string? Copyright,
    string? ReleaseNotes,
    string? ProjectUrl,
    IReadOnlyList<string> Tags);
