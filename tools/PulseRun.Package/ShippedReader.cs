using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using NuGet.Common;
using NuGet.Packaging;
using NuGet.ProjectModel;

namespace PulseRun.Package;

/// <summary>
/// Determines the package of each third-party file of the staged module. Files are compared by content, not by name: a file that no
/// restored package contains byte for byte fails the build, so every shipped file is in the notices. The only exception
/// is a file that was compiled from such a file for a platform.
/// </summary>
internal static class ShippedReader
{
    private static readonly string[] s_binaries = [".dll", ".so", ".dylib", ".exe"];

    public static IReadOnlyList<ShippedPackage> Read(string module, string assetsPath)
    {
        LockFile assets = new LockFileFormat().Read(assetsPath);
        Dictionary<string, LockFileLibrary> sources = Sources(assets);
        var shipped = new Dictionary<LockFileLibrary, List<ShippedFile>>();
        foreach (string path in Directory.GetFiles(module, "*", SearchOption.AllDirectories).Where(IsForeign).OrderBy(static path => path, StringComparer.Ordinal))
        {
            string name = Path.GetRelativePath(module, path).Replace('\\', '/');
            string hash = Hash(path);
            if (!sources.TryGetValue(hash, out LockFileLibrary? library) && !sources.TryGetValue(Hash(PortableOf(path)), out library))
                throw new PackagingException($"{name} does not come from any restored package.");
            if (!shipped.TryGetValue(library, out List<ShippedFile>? files))
                shipped[library] = files = [];
            files.Add(new ShippedFile(name, hash));
        }
        return [.. shipped.Select(pair => Describe(assets, pair.Key, pair.Value)).OrderBy(static package => package.Id, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Returns the assemblies of this project in the staged module.</summary>
    public static IReadOnlyList<ShippedFile> ReadOwn(string module) =>
        [.. Directory.GetFiles(module, "*", SearchOption.AllDirectories).Where(static path => IsBinary(path) && !IsForeign(path))
            .Select(path => new ShippedFile(Path.GetRelativePath(module, path).Replace('\\', '/'), Hash(path))).OrderBy(static file => file.Path, StringComparer.Ordinal)];

    private static bool IsBinary(string path) => s_binaries.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    private static bool IsForeign(string path) => IsBinary(path) && !Path.GetFileName(path).StartsWith("PulseRun.", StringComparison.Ordinal);

    /// <summary>Returns the portable assembly, in the parent folder, that a precompiled assembly was compiled from (both have the same MVID); otherwise the file itself.</summary>
    private static string PortableOf(string path)
    {
        string portable = Path.Combine(Path.GetDirectoryName(path)!, "..", Path.GetFileName(path));
        return File.Exists(portable) && Mark(portable) == Mark(path) ? portable : path;
    }

    private static Guid Mark(string path)
    {
        using var assembly = new PEReader(File.OpenRead(path));
        MetadataReader metadata = assembly.GetMetadataReader();
        return metadata.GetGuid(metadata.GetModuleDefinition().Mvid);
    }

    /// <summary>Returns every file of the restored packages that is copied to an application, by its hash.</summary>
    private static Dictionary<string, LockFileLibrary> Sources(LockFile assets)
    {
        var sources = new Dictionary<string, LockFileLibrary>(StringComparer.Ordinal);
        foreach (LockFileTargetLibrary used in assets.Targets.SelectMany(static target => target.Libraries).Where(static library => library.Type == "package"))
        {
            LockFileLibrary library = assets.GetLibrary(used.Name, used.Version);
            string folder = Folder(assets, library);
            IEnumerable<string> files = used.RuntimeAssemblies.Select(static file => file.Path).Concat(used.RuntimeTargets.Select(static file => file.Path));
            foreach (string file in files.Where(IsBinary))
                sources.TryAdd(Hash(Path.Combine(folder, file)), library);
        }
        return sources;
    }

    private static ShippedPackage Describe(LockFile assets, LockFileLibrary library, IReadOnlyList<ShippedFile> files)
    {
        string folder = Folder(assets, library);
        var nuspec = new NuspecReader(Directory.GetFiles(folder, "*.nuspec").Single());
        LicenseMetadata? license = nuspec.GetLicenseMetadata();
        string? expression = license is { Type: LicenseType.Expression } ? license.License : null;
        // Some packages have a folder LICENSE that contains the text.
        List<string> legal = [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Where(file => IsNotice(file) || IsLicense(file, license))
            .OrderBy(static file => file, StringComparer.Ordinal)];
        bool bringsLicense = legal.Exists(file => IsLicense(file, license));
        if (expression is null && !bringsLicense)
            throw new PackagingException($"{library.Name} {library.Version} contains no information about its licence.");
        return new ShippedPackage(
            library.Name,
            library.Version.ToNormalizedString(),
            expression,
            nuspec.GetCopyright() is { Length: > 0 } copyright ? copyright : nuspec.GetAuthors(),
            nuspec.GetProjectUrl() is { Length: > 0 } url ? url : null,
            bringsLicense,
            [.. legal.Select(file => File.ReadAllText(Path.Combine(folder, file)).ReplaceLineEndings("\n").Trim())],
            [.. assets.Targets.SelectMany(static target => target.Libraries).Where(used => used.Name == library.Name && used.Version == library.Version)
                .SelectMany(static used => used.Dependencies).Select(static dependency => dependency.Id).Distinct(StringComparer.OrdinalIgnoreCase).OrderBy(static id => id, StringComparer.OrdinalIgnoreCase)],
            files);
    }

    private static bool IsLicense(string file, LicenseMetadata? license) =>
        file.StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase) || (license is { Type: LicenseType.File } && file == license.License.Replace('\\', '/'));

    private static bool IsNotice(string file) =>
        file.StartsWith("NOTICE", StringComparison.OrdinalIgnoreCase) || file.StartsWith("THIRD-PARTY-NOTICES", StringComparison.OrdinalIgnoreCase);

    private static string Folder(LockFile assets, LockFileLibrary library) =>
        assets.PackageFolders.Select(root => Path.Combine(root.Path, PathUtility.GetPathWithDirectorySeparator(library.Path))).FirstOrDefault(Directory.Exists)
        ?? throw new PackagingException($"The package {library.Name} {library.Version} is not restored.");

    private static string Hash(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
