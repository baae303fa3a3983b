using System.Collections.Generic;
using System.Linq;
using Markdig.Syntax;

namespace PulseRun.Help;

/// <summary>Represents a heading and the content under it.</summary>
internal sealed class Section(string title, IReadOnlyList<Block> blocks, int level)
{
    public string Title { get; } = title;

    /// <summary>Gets all blocks up to the next heading of the same or a higher level.</summary>
    public IReadOnlyList<Block> Blocks { get; } = blocks;

    /// <summary>Gets the sections under headings of the next level.</summary>
    public IReadOnlyList<Section> Parts => Cut(Blocks, level + 1);

    /// <summary>Gets the blocks before the first heading of the next level.</summary>
    public IEnumerable<Block> Own => Blocks.TakeWhile(static block => block is not HeadingBlock);

    /// <summary>Returns the code blocks in one language.</summary>
    public IEnumerable<string> Code(string language) =>
        Blocks.OfType<FencedCodeBlock>().Where(block => (block.Info ?? "") == language).Select(PlainText.Lines);

    public static List<Section> Cut(IEnumerable<Block> blocks, int level)
    {
        var sections = new List<Section>();
        List<Block>? current = null;
        foreach (Block block in blocks)
        {
            if (block is HeadingBlock heading && heading.Level == level)
            {
                current = [];
                sections.Add(new Section(PlainText.Of(heading.Inline), current, level));
            }
            else
            {
                current?.Add(block);
            }
        }
        return sections;
    }
}
