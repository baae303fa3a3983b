using System.Collections.Generic;

namespace PulseRun.Package;

/// <summary>Represents a NuGet package of which the module ships at least one file.</summary>
/// <param name="Id">The name.</param>
/// <param name="Version">The restored version.</param>
/// <param name="License">The SPDX expression; null when the package contains only a text.</param>
/// <param name="Copyright">The copyright notice of the package.</param>
/// <param name="ProjectUrl">The address of the project.</param>
/// <param name="BringsLicense">True when the text of its licence is among <paramref name="Texts"/>.</param>
/// <param name="Texts">The texts of its licence and notice files, in the order of their file names.</param>
/// <param name="DependsOn">The names of the packages that it depends on, shipped or not.</param>
/// <param name="Files">The files of the package that the module ships.</param>
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
    /// <summary>Gets the package URL, as bills of materials use it.</summary>
    public string Purl => $"pkg:nuget/{Id}@{Version}";
}
