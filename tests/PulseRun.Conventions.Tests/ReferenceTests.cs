using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace PulseRun.Conventions.Tests;

/// <summary>Checks that references in the sources name files of this repository, in a form that stays right after an edit.</summary>
public partial class ReferenceTests
{
    /// <summary>The files that a run writes, which no checkout contains.</summary>
    private static readonly string[] s_made = ["results.md", "out/bench/results.md"];

    private static readonly string[] s_places = ["", "docs", "docs/dev", "examples", "bench"];

    [Fact]
    public void Sources_ReferToDocumentsOfThisRepository()
    {
        var found = new List<string>();
        foreach (string path in Repository.Files(["", "src", "tests", "tools", "bench", "examples", "formats", "docs", ".ci"], ".cs", ".ps1", ".psm1", ".psd1", ".ps1xml", ".csproj", ".props", ".targets", ".md", ".sh", ".sql"))
        {
            if (path.StartsWith("tests/PulseRun.Conventions.Tests/", StringComparison.Ordinal))
                continue;
            string text = Repository.Read(path);
            List<string> bad =
            [
                .. Section().Matches(text).Concat(Issue().Matches(text)).Select(static match => match.Value),
                .. Document().Matches(text).Select(static match => match.Value).Where(name => IsMissing(path, name)),
            ];
            if (bad.Count > 0)
                found.Add(path + ": " + string.Join(", ", bad));
        }
        Violations.AssertNone("A reference names a file of this repository, and no number of a section or an issue.", found);
    }

    /// <summary>Returns true when no file of that name is in a folder where a reader would look. The pattern excludes templates (with a star, a dollar sign or an angle bracket) and addresses.</summary>
    private static bool IsMissing(string path, string name)
    {
        if (s_made.Contains(name))
            return false;
        string here = Path.GetDirectoryName(path)!.Replace('\\', '/');
        return !s_places.Append(here).Any(folder => Repository.Exists(Path.Combine(folder, name)));
    }

    [GeneratedRegex(@"\b(?:api|design|house|style|perf)(?:\.md)? section \d+|\bsections? \d+(?:\.\d+)*\b", RegexOptions.IgnoreCase)]
    private static partial Regex Section();

    [GeneratedRegex(@"\bissue \d+\b", RegexOptions.IgnoreCase)]
    private static partial Regex Issue();

    [GeneratedRegex(@"(?<![\w*$<>./\\{}-])(?:\.{0,2}/)?(?:\w[\w-]*/)*\w[\w-]*\.md\b(?!\w)")]
    private static partial Regex Document();
}
