using System;
using System.IO;
using System.Linq;
using NuGet.Common;
using NuGet.Packaging;
using NuGet.Packaging.Licenses;
using NuGet.Versioning;

namespace PulseRun.Package;

/// <summary>Creates the nupkg. The same module always gives the same bytes: the order and the times of the files are fixed, and no name is random.</summary>
internal static class ModulePackage
{
    /// <summary>The licence of the module; its text is in the file LICENSE. The licences of third-party files are in THIRD-PARTY-NOTICES.txt.</summary>
    public const string License = "MIT";

    // The time of every file in the package. Real times would make the bytes of each package different.
    private const string FileTime = "2000-01-01T00:00:00Z";

    public static string Write(string module, string output, ModuleFacts facts)
    {
        var builder = new PackageBuilder(deterministic: true, NullLogger.Instance)
        {
            DeterministicTimestamp = FileTime,
            Id = facts.Id,
            Version = NuGetVersion.Parse(facts.Version),
            Description = facts.Description,
            Copyright = facts.Copyright,
            ReleaseNotes = facts.ReleaseNotes,
            LicenseMetadata = new LicenseMetadata(LicenseType.Expression, License, NuGetLicenseExpression.Parse(License), [], LicenseMetadata.EmptyVersion),
            ProjectUrl = facts.ProjectUrl is { } url ? new Uri(url) : null,
        };
        builder.Authors.Add(facts.Authors);
        builder.Owners.Add(facts.Owners);
        builder.Tags.AddRange(facts.Tags);
        foreach (string path in Directory.GetFiles(module, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(module, path)).OrderBy(static path => path.Replace('\\', '/'), StringComparer.Ordinal))
            builder.Files.Add(new PhysicalPackageFile { SourcePath = Path.Combine(module, path), TargetPath = path });
        Directory.CreateDirectory(output);
        string package = Path.Combine(output, $"{facts.Id}.{builder.Version.ToNormalizedString()}.nupkg");
        using FileStream stream = File.Create(package);
        builder.Save(stream);
        return package;
    }
}
