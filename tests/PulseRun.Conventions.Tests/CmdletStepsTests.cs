using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Xunit;

namespace PulseRun.Conventions.Tests;

/// <summary>Checks that a cmdlet has everything besides its source. CONTRIBUTING.md names the same steps; the message says which of them are missing.</summary>
public partial class CmdletStepsTests
{
    [Fact]
    public void Cmdlet_HasEveryStep()
    {
        var nouns = Noun().Matches(Repository.Read("src/PulseRun.PowerShell/Cmdlets/Nouns.cs")).ToDictionary(static match => match.Groups[1].Value, static match => match.Groups[2].Value);
        string manifest = Repository.Read("PulseRun.psd1");
        string readme = Repository.Read("README.md");
        string changes = Repository.Read("CHANGELOG.md");
        string views = Repository.Read("formats/PulseRun.Format.ps1xml");
        var models = Repository.Files(["src/PulseRun.Core"], ".cs").SelectMany(static path => PublicClass().Matches(Repository.Read(path)).Select(static match => match.Groups[1].Value)).ToHashSet();
        var missing = new List<string>();
        int seen = 0;
        foreach (string path in Repository.Files(["src/PulseRun.PowerShell/Cmdlets"], ".cs"))
        {
            string source = Repository.Read(path);
            if (Cmdlet().Match(source) is not { Success: true } cmdlet)
                continue;
            seen++;
            string name = cmdlet.Groups[1].Value + "-" + nouns[cmdlet.Groups[2].Value];
            void Need(bool isThere, string step)
            {
                if (!isThere)
                    missing.Add(name + ": " + step);
            }
            Need(manifest.Contains("'" + name + "'"), "add its name to CmdletsToExport in PulseRun.psd1, and build again");
            Need(Repository.Exists("docs/" + name + ".md"), "run tools/Update-HelpPages.ps1 after the build; it creates docs/" + name + ".md, which you complete");
            Need(readme.Contains("](docs/" + name + ".md)"), "add a row with a link to docs/" + name + ".md to the table of cmdlets in README.md");
            Need(changes.Contains("`" + name), "add a line about it to CHANGELOG.md, under the first heading");
            string test = Path.GetFileNameWithoutExtension(path)[..^"Command".Length] + "Tests.cs";
            Need(
                Repository.Exists("tests/PulseRun.PowerShell.Tests/Cmdlets/" + test) || Repository.Exists("tests/PowerShell/" + name + ".Tests.ps1"),
                "test it in tests/PulseRun.PowerShell.Tests/Cmdlets/" + test);
            foreach (Match output in OutputType().Matches(source).SelectMany(static attribute => TypeOf().Matches(attribute.Value)))
            {
                string type = output.Groups[1].Value;
                Need(!models.Contains(type) || views.Contains("<TypeName>PulseRun." + type + "</TypeName>"), "add a table for PulseRun." + type + " to formats/PulseRun.Format.ps1xml");
            }
        }
        Assert.InRange(seen, 30, int.MaxValue);
        Violations.AssertNone("These steps of a cmdlet are missing. CONTRIBUTING.md describes them.", missing);
    }

    [GeneratedRegex(@"const string (\w+) = ""(\w+)""")]
    private static partial Regex Noun();

    [GeneratedRegex(@"\[Cmdlet\(Verbs\w+\.(\w+), Nouns\.(\w+)")]
    private static partial Regex Cmdlet();

    [GeneratedRegex(@"\[OutputType\([^\]]*\]")]
    private static partial Regex OutputType();

    [GeneratedRegex(@"typeof\((\w+)\)")]
    private static partial Regex TypeOf();

    [GeneratedRegex(@"(?m)^public (?:sealed |abstract )?class (\w+)")]
    private static partial Regex PublicClass();
}
