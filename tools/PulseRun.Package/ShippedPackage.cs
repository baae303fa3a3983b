using System.Collections.Generic;

namespace PulseRun.Package;

/// <summary>A NuGet package of which the module ships at least one file.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">The version restored.</param>
/// <param name="License">An SPDX expression, or null if the package brings only a text.</param>
/// <param name="Copyright">Whose it is, in its own words.</param>
/// <param name="ProjectUrl">Where it comes from.</param>
/// <param name="BringsLicense">Whether the text of its licence is among <paramref name="Texts"/>.</param>
/// <param name="Texts">The licence and the notices it brings along, in the order of their file names.</param>
/// <param name="DependsOn">The names of the packages it needs, shipped or not.</param>
/// <param name="Files">What the module ships of it.</param>
internal sealed record ShippedPackage(
    string Id,
    string Version,
    string? License,
    string Copyright,
    string? ProjectUrl,
    bool BringsLicense,
    IReadOnlyList<string> Texts,
    IReadOnlyList<string> DependsOn,
    IReadOnlyList<ShippedFile> Files)
{
    /// <summary>The package's address in the form that bills of materials use.</summary>
    public string Purl => $"pkg:nuget/{Id}@{Version}";
}
