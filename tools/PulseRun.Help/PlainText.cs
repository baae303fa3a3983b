using System.Collections.Generic;
using System.Linq;
using System.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace PulseRun.Help;

/// <summary>Converts Markdown to plain text.</summary>
internal static class PlainText
{
    public static string Of(ContainerInline? inline)
    {
        var text = new StringBuilder();
        if (inline is not null)
            Append(text, inline);
        return text.ToString().Trim();
    }

    /// <summary>Returns the lines of a code block, unchanged.</summary>
    public static string Lines(LeafBlock block) => string.Join("\n", block.Lines.Lines.Take(block.Lines.Count).Select(static line => line.ToString())).TrimEnd();

    /// <summary>Returns a text as lines that are broken at spaces, so that none is longer than <paramref name="width"/> unless a word is.</summary>
    public static List<string> Wrap(string text, int width)
    {
        var lines = new List<string>();
        var line = new StringBuilder();
        foreach (string word in text.Split(' ', System.StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }
            if (line.Length > 0)
                line.Append(' ');
            line.Append(word);
        }
        if (line.Length > 0 || lines.Count == 0)
            lines.Add(line.ToString());
        return lines;
    }

    private static void Append(StringBuilder text, ContainerInline container)
    {
        foreach (Inline inline in container)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    text.Append(literal.Content.ToString());
                    break;
                case CodeInline code:
                    text.Append(code.Content);
                    break;
                case LineBreakInline:
                    text.Append(' ');
                    break;
                case AutolinkInline link:
                    text.Append(link.Url);
                    break;
                case HtmlEntityInline entity:
                    text.Append(entity.Transcoded.ToString());
                    break;
                case ContainerInline inner:
                    Append(text, inner);
                    break;
            }
        }
    }
}
