using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Markdig;
using Markdig.Syntax;

namespace PulseRun.Help;

/// <summary>Represents a Markdown file, split at its headings.</summary>
internal sealed class MarkdownPage
{
    private const string OnlineKey = "online version:";

    private static readonly MarkdownPipeline s_pipeline = new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePipeTables().Build();

    private MarkdownPage(string name, string title, string? online, IReadOnlyList<Section> sections)
    {
        Name = name;
        _online = online;
        Title = title;
        Sections = sections;
    }

    private readonly string? _online;

    /// <summary>Gets the https address that Get-Help -Online opens, from the page's "online version". Throws when it is missing.</summary>
    public string Online => _online is { } address && address.StartsWith("https://", StringComparison.Ordinal)
        ? address
        : throw new PageException(Name, "'online version' must be an https address.");

    /// <summary>Gets the name of the file without its folder, for messages.</summary>
    public string Name { get; }

    /// <summary>Gets the text of the heading of level 1.</summary>
    public string Title { get; }

    /// <summary>Gets the sections under headings of level 2.</summary>
    public IReadOnlyList<Section> Sections { get; }

    public static MarkdownPage Read(string path)
    {
        string name = Path.GetFileName(path);
        string text = File.ReadAllText(path);
        List<Block> blocks = [.. Markdown.Parse(text, s_pipeline)];
        int start = blocks.FindIndex(static block => block is HeadingBlock { Level: 1 });
        if (start < 0)
            throw new PageException(name, "there is no heading of level 1.");
        string? online = text.Split('\n').Select(static line => line.Trim()).FirstOrDefault(static line => line.StartsWith(OnlineKey, StringComparison.Ordinal))?[OnlineKey.Length..].Trim();
        return new MarkdownPage(name, PlainText.Of(((HeadingBlock)blocks[start]).Inline), online, Section.Cut(blocks.Skip(start + 1), 2));
    }

    /// <summary>Returns a section by its title. Throws when it is missing.</summary>
    public Section Get(string title) =>
        Sections.FirstOrDefault(section => section.Title.Equals(title, StringComparison.OrdinalIgnoreCase))
        ?? throw new PageException(Name, "the section '" + title + "' is missing.");
}
