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

    private static readonly string[] s_marks = ["///", "//", "#", "--"];

    private static readonly string[] s_clauses = ["What ", "How ", "Whether ", "Who ", "Which ", "Where ", "Where: ", "Why "];

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
            found.AddRange(Clauses(Repository.Read(path)).Select(line => path + ": " + line));
        Violations.AssertNone("A comment is a sentence with a verb (\"Returns ...\"), and the text of a parameter names a thing (\"The number of ...\").", found);
    }

    [Theory]
    [InlineData("    /// <summary>What a call needs.</summary>", true)]
    [InlineData("    /// <param name=\"a\">Whether it is so.</param>", true)]
    [InlineData("x();\n    // How it ends.", true)]
    [InlineData("    // It shows\n    // What follows.", false)]
    [InlineData("    /// <summary>Returns what a call needs.</summary>", false)]
    public void Pattern_FindsABareClause(string text, bool isClause) => Assert.Equal(isClause, Clauses(text).Any());

    [Theory]
    [InlineData("Puts the context\n/// out", false)]
    [InlineData("what is put\n/// out", true)]
    [InlineData("the burn rate", false)]
    [InlineData("it burns money", true)]
    [InlineData("valid and solid", false)]
    [InlineData("the fleet's lid", true)]
    [InlineData("all the\n    # same", true)]
    public void Pattern_FindsThePhraseAcrossLines(string text, bool isBanned) => Assert.Equal(isBanned, s_banned.IsMatch(text));

    /// <summary>Returns the comment lines that begin with a clause instead of a sentence ("What a call needs"), at the start of the comment or of a tag in it.</summary>
    private static IEnumerable<string> Clauses(string text)
    {
        bool isInside = false;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.TrimStart();
            string? mark = Array.Find(s_marks, mark => line.StartsWith(mark, StringComparison.Ordinal));
            if (mark is not null)
            {
                string said = line[mark.Length..].TrimStart();
                bool isTag = said.StartsWith('<');
                if (isTag)
                    said = said[(said.IndexOf('>', StringComparison.Ordinal) + 1)..].TrimStart();
                if ((isTag || !isInside) && s_clauses.Any(clause => said.StartsWith(clause, StringComparison.Ordinal)))
                    yield return line;
            }
            isInside = mark is not null;
        }
    }
}
