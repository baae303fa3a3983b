using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace PulseRun.Help;

/// <summary>Writes the plain text that Get-Help shows for an about topic: at most 80 columns wide, indented under its headings.</summary>
internal static class TopicWriter
{
    private const int Width = 80;

    public static string Write(MarkdownPage page)
    {
        // Get-Help uses the fifth line as the synopsis, so the synopsis must fit on that line.
        Section summary = page.Sections.Count > 0 ? page.Sections[0] : throw new PageException(page.Name, "there is no section.");
        if (!summary.Title.Equals("SHORT DESCRIPTION", StringComparison.OrdinalIgnoreCase) || summary.Blocks.Count != 1)
            throw new PageException(page.Name, "the first section must be SHORT DESCRIPTION, with one paragraph.");
        if (PlainText.Of((summary.Blocks[0] as ParagraphBlock)?.Inline).Length is 0 or > Width - 4)
            throw new PageException(page.Name, "SHORT DESCRIPTION must fit one line of " + (Width - 4) + " characters.");

        var text = new StringBuilder("TOPIC\n    ").Append(page.Title).Append('\n');
        foreach (Section section in page.Sections)
        {
            text.Append('\n').Append(section.Title.ToUpperInvariant()).Append('\n');
            bool isFirst = true;
            foreach (Block block in section.Blocks)
            {
                if (block is HtmlBlock)
                    continue;
                if (!isFirst)
                    text.Append('\n');
                isFirst = false;
                foreach (string line in Lines(page, block))
                    text.Append(line.TrimEnd()).Append('\n');
            }
        }
        return text.ToString();
    }

    private static IEnumerable<string> Lines(MarkdownPage page, Block block) => block switch
    {
        HeadingBlock heading => ["  " + PlainText.Of(heading.Inline)],
        ParagraphBlock paragraph => Indented(PlainText.Of(paragraph.Inline), "    ", "    "),
        ListBlock list => list.OfType<ListItemBlock>().SelectMany((item, i) => Item(page, item, list.IsOrdered ? i + 1 + ". " : "- ")),
        Table table => Rows(table),
        CodeBlock code => PlainText.Lines(code).Split('\n').Select(static line => "        " + line),
        _ => throw new PageException(page.Name, "line " + (block.Line + 1) + " has an element that help topics cannot contain: " + block.GetType().Name + "."),
    };

    private static IEnumerable<string> Item(MarkdownPage page, ListItemBlock item, string mark)
    {
        string text = string.Join(" ", item.Select(block => block is ParagraphBlock paragraph
            ? PlainText.Of(paragraph.Inline)
            : throw new PageException(page.Name, "line " + (block.Line + 1) + ": a list item must contain one paragraph.")));
        return Indented(text, "    " + mark, "    " + new string(' ', mark.Length));
    }

    private static IEnumerable<string> Indented(string text, string first, string rest) =>
        PlainText.Wrap(text, Width - first.Length).Select((line, i) => (i == 0 ? first : rest) + line);

    private static IEnumerable<string> Rows(Table table)
    {
        List<List<string>> rows = table.OfType<TableRow>()
            .Select(static row => row.OfType<TableCell>().Select(static cell => PlainText.Of(((ParagraphBlock?)cell.FirstOrDefault())?.Inline)).ToList())
            .ToList();
        int columns = rows.Max(static row => row.Count);
        // Each column is as wide as its widest cell, except the last one, which gets the remaining width and wraps.
        int[] widths = Enumerable.Range(0, columns).Select(column => rows.Max(row => column < row.Count ? row[column].Length : 0)).ToArray();
        int indent = 4 + widths.Take(columns - 1).Sum(static width => width + 2);
        widths[^1] = Math.Min(widths[^1], Math.Max(20, Width - indent));
        for (int r = 0; r < rows.Count; r++)
        {
            string start = "    " + string.Concat(rows[r].Take(columns - 1).Select((cell, column) => cell.PadRight(widths[column] + 2)));
            string last = rows[r].Count == columns ? rows[r][^1] : "";
            foreach (string line in Indented(last, start, new string(' ', indent), widths[^1]))
                yield return line;
            if (r == 0)
                yield return "    " + string.Join("  ", widths.Select(static width => new string('-', width)));
        }
    }

    private static IEnumerable<string> Indented(string text, string first, string rest, int width) =>
        PlainText.Wrap(text, width).Select((line, i) => (i == 0 ? first : rest) + line);
}
