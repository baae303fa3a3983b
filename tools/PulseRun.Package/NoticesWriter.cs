using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;

namespace PulseRun.Package;

/// <summary>Writes THIRD-PARTY-NOTICES.txt: the authors and licences of the shipped third-party files, each text once.</summary>
internal static class NoticesWriter
{
    private static readonly string s_rule = new('-', 100);

    public static string Write(IReadOnlyList<ShippedPackage> packages)
    {
        var texts = new List<(string Text, List<string> Of)>();
        var notices = new StringBuilder()
            .Append("PulseRun for PowerShell is under the MIT licence (see LICENSE). It contains the following third-party files, unchanged, except that the files in deps/<platform>/ were precompiled for that platform:\n");
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

    /// <summary>Returns a remark that the package itself does not contain; null for none.</summary>
    private static string? Remark(ShippedPackage package) => package.Id == "SQLitePCLRaw.lib.e_sqlite3"
        ? "Built from:  SQLite (https://sqlite.org), which its authors gave to the public domain."
        : null;

    /// <summary>Returns the licence texts of a package. If it contains none, the standard text of its licence is added.</summary>
    private static IEnumerable<string> Texts(ShippedPackage package) => package.BringsLicense ? package.Texts : package.Texts.Prepend(Standard(package));

    private static string Standard(ShippedPackage package)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(package.License!)
            ?? throw new PackagingException($"{package.Id} has the licence {package.License} but contains no text of it. Add the text as tools/PulseRun.Package/Licenses/{package.License}.txt.");
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
