using System.Collections.Generic;

namespace PulseRun.Package;

/// <summary>What the module's manifest says of it, as tools/New-Package.ps1 has PowerShell read it.</summary>
/// <param name="Id">The module's name.</param>
/// <param name="Version">Its version, with the prerelease suffix if it has one.</param>
/// <param name="Authors">Who made it.</param>
/// <param name="Owners">For which company.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Copyright">Whose it is.</param>
/// <param name="ReleaseNotes">What is new.</param>
/// <param name="ProjectUrl">Where it comes from, if the manifest says so.</param>
/// <param name="Tags">The words it is found by.</param>
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
