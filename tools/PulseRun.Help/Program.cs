using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Xml;

namespace PulseRun.Help;

/// <summary>
/// Converts docs/*.md to the help files in en-US/, and writes the files of Update-Help. Usage: <c>dotnet PulseRun.Help.dll [docs folder] [output folder] [help file name] [manifest] [folder for Update-Help]</c>.
/// The same pages always give the same bytes.
/// </summary>
internal static class Program
{
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static int Main(string[] args)
    {
        if (args.Length != 5)
        {
            Console.Error.WriteLine("Usage: PulseRun.Help <docs folder> <output folder> <help file name> <manifest> <folder for Update-Help>");
            return 2;
        }
        try
        {
            Make(args[0], args[1], args[2]);
            UpdatableHelp.Read(args[3]).Write(args[1], args[4]);
            return 0;
        }
        catch (PageException error)
        {
            // MSBuild reports a line of this format as an error.
            Console.Error.WriteLine("docs : error HELP1: " + error.Message);
            return 1;
        }
    }

    private static void Make(string docs, string output, string fileName)
    {
        Directory.CreateDirectory(output);
        List<string> files = [.. Directory.GetFiles(docs, "*.md").OrderBy(static path => path, StringComparer.Ordinal)];
        List<MarkdownPage> cmdlets = [.. files.Where(static path => Path.GetFileName(path).Contains("-PR", StringComparison.Ordinal) || Path.GetFileName(path).EndsWith("-PulseRun.md", StringComparison.Ordinal)).Select(MarkdownPage.Read)];
        var settings = new XmlWriterSettings { Indent = true, NewLineChars = "\n", Encoding = s_utf8 };
        using (var writer = XmlWriter.Create(Path.Combine(output, fileName), settings))
            MamlWriter.Write(cmdlets).Save(writer);
        // Get-Help PulseRun looks for a topic of exactly this name.
        File.WriteAllText(Path.Combine(output, "PulseRun.help.txt"), ModuleTopic.Write(cmdlets), s_utf8);
        foreach (MarkdownPage topic in files.Where(static path => Path.GetFileName(path).StartsWith("about_", StringComparison.Ordinal)).Select(MarkdownPage.Read))
            File.WriteAllText(Path.Combine(output, topic.Title + ".help.txt"), TopicWriter.Write(topic), s_utf8);
    }
}
