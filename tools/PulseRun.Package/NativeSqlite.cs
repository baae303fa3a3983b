using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;

namespace PulseRun.Package;

/// <summary>Describes the SQLite in the native files of its package. Its version is read from the files, because the package has a version of its own.</summary>
/// <param name="Version">The version of SQLite.</param>
/// <param name="SourceId">The time and the hash of the sources that it was built from.</param>
/// <param name="Files">The native files.</param>
internal sealed partial record NativeSqlite(string Version, string SourceId, IReadOnlyList<ShippedFile> Files)
{
    public const string Package = "SQLitePCLRaw.lib.e_sqlite3";

    public string Purl => $"pkg:generic/sqlite@{Version}";

    /// <summary>Reads the versions from the files of all platforms. Throws when they differ.</summary>
    public static NativeSqlite Read(string module, IReadOnlyList<ShippedPackage> packages)
    {
        IReadOnlyList<ShippedFile> files = packages.FirstOrDefault(static package => package.Id == Package)?.Files
            ?? throw new PackagingException($"{Package} is not shipped.");
        string[] versions = [.. files.Select(file => Find(module, file, VersionText())).Distinct(StringComparer.Ordinal)];
        string[] sources = [.. files.Select(file => Find(module, file, SourceText())).Distinct(StringComparer.Ordinal)];
        if (versions.Length != 1 || sources.Length != 1)
            throw new PackagingException($"The native files contain different versions of SQLite: {string.Join(", ", versions)} ({string.Join(", ", sources)}).");
        return new NativeSqlite(versions[0], sources[0], files);
    }

    private static string Find(string module, ShippedFile file, Regex pattern)
    {
        string text = Encoding.Latin1.GetString(File.ReadAllBytes(Path.Combine(module, file.Path)));
        string[] found = [.. pattern.Matches(text).Select(static match => match.Value).Distinct(StringComparer.Ordinal)];
        return found.Length == 1 ? found[0] : throw new PackagingException($"{file.Path} does not contain exactly one version of SQLite ({found.Length} candidates).");
    }

    [GeneratedRegex(@"(?<![0-9.])3\.[0-9]{1,2}\.[0-9]{1,2}(?![0-9.])")]
    private static partial Regex VersionText();

    [GeneratedRegex("[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9a-f]{64}")]
    private static partial Regex SourceText();
}
