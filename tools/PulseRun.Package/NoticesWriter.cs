using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;

namespace PulseRun.Package;

/// <summary>THIRD-PARTY-NOTICES.txt: who made what is shipped, and under which terms; each text once.</summary>
internal static class NoticesWriter
{
    private static readonly string s_rule = new('-', 100);

    public static string Write(IReadOnlyList<ShippedPackage> packages)
    {
        var texts = new List<(string Text, List<string> Of)>();
        var notices = new StringBuilder()
            .Append("PulseRun for PowerShell is under the MIT licence (see LICENSE). It ships these works of others, unchanged; what is in deps/<platform>/ was compiled beforehand for that platform:\n");
        foreach (ShippedPackage package in packages)
        {
            notices.Append('\n').Append(package.Id).Append(' ').Append(package.Version).Append('\n')
                .Append("  Licence:   ").Append(package.License ?? "see its text below").Append('\n')
                .Append("  Copyright: ").Append(package.Copyright).Append('\n');
            if (package.ProjectUrl is { } url)
                notices.Append("  From:      ").Append(url).Append('\n');
            foreach (ShippedFile file in package.Files)
                notices.Append("  File:      ").Append(file.Path).Append('\n');
            if (Remark(package) is { } remark)
                notices.Append("  ").Append(remark).Append('\n');
            foreach (string text in Texts(package))
                Add(texts, text, $"{package.Id} {package.Version}");
        }
        foreach ((string text, List<string> of) in texts)
            notices.Append('\n').Append(s_rule).Append("\nFor ").AppendJoin(", ", of).Append(":\n\n").Append(text).Append('\n');
        return notices.ToString();
    }

    /// <summary>What the package does not say of itself.</summary>
    private static string? Remark(ShippedPackage package) => package.Id == "SQLitePCLRaw.lib.e_sqlite3"
        ? "Built from:  SQLite (https://sqlite.org), which its authors gave to the public domain."
        : null;

    /// <summary>The package's own texts; where it brings none, the one its licence's short name stands for.</summary>
    private static IEnumerable<string> Texts(ShippedPackage package) => package.BringsLicense ? package.Texts : package.Texts.Prepend(Standard(package));

    private static string Standard(ShippedPackage package)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(package.License!)
            ?? throw new PackagingException($"{package.Id} is under {package.License} and brings no text of it. Put the text into tools/PulseRun.Package/Licenses/{package.License}.txt.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Trim('\n');
    }

    private static void Add(List<(string Text, List<string> Of)> texts, string text, string package)
    {
        foreach ((string known, List<string> of) in texts)
        {
            if (known != text)
                continue;
            of.Add(package);
            return;
        }
        texts.Add((text, [package]));
    }
}
