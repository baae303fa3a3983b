using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PulseRun.Conventions.Tests;

/// <summary>Finds and reads the files of the repository.</summary>
internal static class Repository
{
    private static readonly string[] s_skipped = ["bin", "obj", "out", ".git", "TestResults", "BenchmarkDotNet.Artifacts"];

    /// <summary>Gets the root folder: the nearest folder above the test assembly that contains the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Returns the paths below the given folders ("" for the root itself, without its subfolders) that end in one of the extensions, relative to the root, with slashes.</summary>
    public static IReadOnlyList<string> Files(string[] folders, params string[] extensions) =>
        [.. folders.SelectMany(folder => folder.Length == 0 ? Directory.EnumerateFiles(Root) : Under(Path.Combine(Root, folder)))
            .Select(static path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => extensions.Contains(Path.GetExtension(path)))
            .Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => File.Exists(Path.Combine(Root, path));

    private static IEnumerable<string> Under(string folder) =>
        !Directory.Exists(folder) ? [] : Directory.EnumerateFiles(folder)
            .Concat(Directory.EnumerateDirectories(folder).Where(static sub => !s_skipped.Contains(Path.GetFileName(sub))).SelectMany(Under));

    private static string FindRoot()
    {
        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "PulseRun.PowerShell.sln")))
                return folder;
        }
        throw new DirectoryNotFoundException("PulseRun.PowerShell.sln is in no folder above " + AppContext.BaseDirectory);
    }
}
