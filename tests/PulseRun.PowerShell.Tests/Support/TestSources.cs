using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>The text of the tests of cmdlets, for tests that ask whether something is tested at all.</summary>
internal static class TestSources
{
    /// <summary>The lines of this project.</summary>
    public static IEnumerable<string> CSharpLines { get; } = Lines("PulseRun.PowerShell.Tests", "*.cs");

    /// <summary>The lines of the Pester tests.</summary>
    public static IEnumerable<string> PesterLines { get; } = Lines("PowerShell", "*.Tests.ps1");

    private static string[] Lines(string folder, string pattern)
    {
        string root = Path.Combine(StagedModule.Root, "tests", folder);
        return Directory.GetFiles(root, pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(root, file).StartsWith("obj", System.StringComparison.Ordinal))
            .SelectMany(File.ReadAllLines).ToArray();
    }
}
