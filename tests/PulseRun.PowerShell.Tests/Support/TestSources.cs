using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Reads the sources of the cmdlet tests, for tests that check whether a feature is tested.</summary>
internal static class TestSources
{
    /// <summary>Gets the lines of this project.</summary>
    public static IEnumerable<string> CSharpLines { get; } = Lines("PulseRun.PowerShell.Tests", "*.cs");

    /// <summary>Gets the lines of the Pester tests.</summary>
    public static IEnumerable<string> PesterLines { get; } = Lines("PowerShell", "*.Tests.ps1");

    private static string[] Lines(string folder, string pattern)
    {
        string root = Path.Combine(StagedModule.Root, "tests", folder);
        return Directory.GetFiles(root, pattern, SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(root, file).StartsWith("obj", System.StringComparison.Ordinal))
            .SelectMany(File.ReadAllLines).ToArray();
    }
}
