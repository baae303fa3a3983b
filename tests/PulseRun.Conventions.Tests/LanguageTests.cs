using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace PulseRun.Conventions.Tests;

/// <summary>Checks that code, documentation and messages do not use words whose meaning a reader has to guess.</summary>
public class LanguageTests
{
    // docs/dev/glossary.md lists the words and their replacements.
    private static readonly Regex s_banned = new(
        @"\b(?:puts? out|the dearest|dearer|burns|somebody|nobody|whoever|not said|is told|a tale|lids?|doors?|in doubt|wants it so|all the same)\b".Replace(" ", @"\s+(?:///?\s*|#\s*|--\s*)?"),
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    // The first line of a comment, or of a tag in it, that begins with a clause instead of a sentence: "What a call needs".
    private static readonly Regex s_clause = new(
        @"(?m)(?<!^[ \t]*(?://|#|--).*\n)^[ \t]*(?:///?|#|--)[ \t]*(?:What|How|Whether|Who|Which|Where|Why)\b.*|^[ \t]*///[ \t]*<(?:summary|remarks|returns|para|param name=""\w+"")>[ \t]*(?:What|How|Whether|Who|Which|Where|Why)\b.*",
        RegexOptions.CultureInvariant);

    [Fact]
    public void Texts_UseNoBannedWord()
    {
        var found = new List<string>();
        foreach (string path in Repository.Files(["", "src", "tests", "tools", "bench", "examples", "formats", "docs"], ".cs", ".ps1", ".psm1", ".psd1", ".ps1xml", ".sql", ".sh", ".md"))
        {
            if (path.StartsWith("tests/PulseRun.Conventions.Tests/", StringComparison.Ordinal) || path == "docs/dev/glossary.md")
                continue;
            string[] words = [.. s_banned.Matches(Repository.Read(path)).Select(static match => match.Value)];
            if (words.Length > 0)
                found.Add(path + ": " + string.Join(", ", words.Distinct(StringComparer.OrdinalIgnoreCase)));
        }
        Violations.AssertNone("These words make a reader guess. docs/dev/glossary.md says what to write instead.", found);
    }

    [Fact]
    public void Comments_DoNotBeginWithABareClause()
    {
        var found = new List<string>();
        foreach (string path in Repository.Files(["src", "tests", "tools", "bench", "examples"], ".cs", ".ps1", ".psm1", ".sql"))
            found.AddRange(s_clause.Matches(Repository.Read(path)).Select(match => path + ": " + match.Value.Trim()));
        Violations.AssertNone("A comment is a sentence with a verb (\"Returns ...\"), and the text of a parameter names a thing (\"The number of ...\").", found);
    }

    [Theory]
    [InlineData("    /// <summary>What a call needs.</summary>", true)]
    [InlineData("    /// <param name=\"a\">Whether it is so.</param>", true)]
    [InlineData("x();\n    // How it ends.", true)]
    [InlineData("    // It shows\n    // What follows.", false)]
    [InlineData("    /// <summary>Returns what a call needs.</summary>", false)]
    public void Pattern_FindsABareClause(string text, bool isClause) => Assert.Equal(isClause, s_clause.IsMatch(text));

    [Theory]
    [InlineData("Puts the context\n/// out", false)]
    [InlineData("what is put\n/// out", true)]
    [InlineData("the burn rate", false)]
    [InlineData("it burns money", true)]
    [InlineData("valid and solid", false)]
    [InlineData("the fleet's lid", true)]
    [InlineData("all the\n    # same", true)]
    public void Pattern_FindsThePhraseAcrossLines(string text, bool isBanned) => Assert.Equal(isBanned, s_banned.IsMatch(text));
}
