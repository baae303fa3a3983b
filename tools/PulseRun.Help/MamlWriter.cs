using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace PulseRun.Help;

/// <summary>Converts cmdlet pages to the MAML XML that Get-Help reads.</summary>
internal static partial class MamlWriter
{
    private static readonly XNamespace s_root = "http://msh";
    private static readonly XNamespace s_maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace s_command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace s_dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XDocument Write(IEnumerable<MarkdownPage> pages) => new(
        new XDeclaration("1.0", "utf-8", null),
        new XElement(s_root + "helpItems", new XAttribute("schema", "maml"), pages.Select(Command)));

    private static XElement Command(MarkdownPage page)
    {
        string[] name = page.Title.Split('-', 2);
        if (name.Length != 2)
            throw new PageException(page.Name, "'" + page.Title + "' is not of the form Verb-Noun.");
        Dictionary<string, Section> parameters = page.Get("PARAMETERS").Parts
            .Where(static part => part.Title.StartsWith('-'))
            .ToDictionary(static part => part.Title[1..], StringComparer.OrdinalIgnoreCase);
        return new XElement(
            s_command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", s_maml),
            new XAttribute(XNamespace.Xmlns + "command", s_command),
            new XAttribute(XNamespace.Xmlns + "dev", s_dev),
            new XElement(
                s_command + "details",
                new XElement(s_command + "name", page.Title),
                new XElement(s_command + "verb", name[0]),
                new XElement(s_command + "noun", name[1]),
                Description(page, page.Get("SYNOPSIS").Blocks)),
            Description(page, page.Get("DESCRIPTION").Blocks),
            new XElement(s_command + "syntax", page.Get("SYNTAX").Parts.Select(set => SyntaxItem(page, set, parameters))),
            new XElement(s_command + "parameters", parameters.Select(pair => Parameter(page, pair.Key, pair.Value, Tables(page, pair.Key, pair.Value)[0]))),
            new XElement(s_command + "inputTypes", page.Get("INPUTS").Parts.Select(part => Type(page, part, "inputType"))),
            new XElement(s_command + "returnValues", page.Get("OUTPUTS").Parts.Select(part => Type(page, part, "returnValue"))),
            new XElement(s_maml + "alertSet", new XElement(s_maml + "alert", Paragraphs(page, page.Get("NOTES").Blocks))),
            new XElement(s_command + "examples", page.Get("EXAMPLES").Parts.Select(part => Example(page, part))),
            new XElement(s_command + "relatedLinks", Links(page)));
    }

    private static XElement SyntaxItem(MarkdownPage page, Section set, Dictionary<string, Section> parameters)
    {
        string setName = set.Title.Split(' ')[0];
        string syntax = set.Code("").FirstOrDefault() ?? throw new PageException(page.Name, "the parameter set " + setName + " has no syntax.");
        IEnumerable<XElement> items = ParameterName().Matches(syntax[page.Title.Length..]).Select(match => match.Groups[1].Value).Distinct().Select(name =>
        {
            if (!parameters.TryGetValue(name, out Section? part))
                throw new PageException(page.Name, "-" + name + " is in the syntax of " + setName + " but has no text.");
            ParameterTable table = Tables(page, name, part).Find(candidate => candidate.Holds(setName))
                ?? throw new PageException(page.Name, "-" + name + " has no table for " + setName + ".");
            return Parameter(page, name, part, table);
        });
        return new XElement(s_command + "syntaxItem", new XElement(s_maml + "name", page.Title), items);
    }

    private static XElement Parameter(MarkdownPage page, string name, Section part, ParameterTable table)
    {
        bool isSwitch = table.Type == "SwitchParameter";
        return new XElement(
            s_command + "parameter",
            new XAttribute("required", table.Required),
            new XAttribute("variableLength", table.Type.EndsWith("[]", StringComparison.Ordinal) ? "true" : "false"),
            new XAttribute("globbing", table.Wildcards),
            new XAttribute("pipelineInput", table.PipelineInput),
            new XAttribute("position", table.Position),
            new XAttribute("aliases", table.Aliases),
            new XElement(s_maml + "name", name),
            Description(page, part.Own.Where(static block => block is not FencedCodeBlock { Info: "yaml" })),
            isSwitch ? null : new XElement(s_command + "parameterValue", new XAttribute("required", "true"), new XAttribute("variableLength", "false"), table.Type),
            new XElement(s_dev + "type", new XElement(s_maml + "name", table.Type), new XElement(s_maml + "uri")),
            new XElement(s_dev + "defaultValue", table.Default));
    }

    private static XElement Type(MarkdownPage page, Section part, string element) => new(
        s_command + element,
        new XElement(s_dev + "type", new XElement(s_maml + "name", part.Title)),
        Description(page, part.Blocks));

    private static XElement Example(MarkdownPage page, Section part)
    {
        // The output of a command is written below it in the code element, because only that element keeps columns aligned.
        string code = string.Join("\n\n", part.Blocks.OfType<FencedCodeBlock>().Select(PlainText.Lines));
        if (code.Length == 0)
            throw new PageException(page.Name, "the example '" + part.Title + "' has no code.");
        return new XElement(
            s_command + "example",
            new XElement(s_maml + "title", "--- " + part.Title + " ---"),
            new XElement(s_dev + "code", code),
            // The empty paragraph separates the title of the next example.
            new XElement(s_dev + "remarks", Paragraphs(page, part.Blocks.Where(static block => block is not FencedCodeBlock)), new XElement(s_maml + "para")));
    }

    /// <summary>Returns the links of a page. The first one is the page that Get-Help -Online opens.</summary>
    private static IEnumerable<XElement> Links(MarkdownPage page) =>
        [new XElement(s_maml + "navigationLink", new XElement(s_maml + "linkText", "Online version:"), new XElement(s_maml + "uri", page.Online)), .. RelatedLinks(page)];

    private static IEnumerable<XElement> RelatedLinks(MarkdownPage page) => page.Get("RELATED LINKS").Blocks
        .SelectMany(static block => block.Descendants<Markdig.Syntax.Inlines.LinkInline>())
        .Select(static link => new XElement(
            s_maml + "navigationLink",
            new XElement(s_maml + "linkText", PlainText.Of(link)),
            // Links between pages do not work in a terminal. Their texts are names that Get-Help accepts.
            new XElement(s_maml + "uri", link.Url is { } url && url.Contains("://", StringComparison.Ordinal) ? url : "")));

    private static XElement Description(MarkdownPage page, IEnumerable<Block> blocks) => new(s_maml + "description", Paragraphs(page, blocks));

    private static IEnumerable<XElement> Paragraphs(MarkdownPage page, IEnumerable<Block> blocks) =>
        blocks.SelectMany(block => Texts(page, block)).Select(static text => new XElement(s_maml + "para", text));

    private static IEnumerable<string> Texts(MarkdownPage page, Block block) => block switch
    {
        ParagraphBlock paragraph => [PlainText.Of(paragraph.Inline)],
        ListBlock list => list.OfType<ListItemBlock>().Select(item => "- " + string.Join(" ", item.SelectMany(inner => Texts(page, inner)))),
        HtmlBlock => [],
        CodeBlock code => PlainText.Lines(code).Split('\n'),
        Table => throw new PageException(page.Name, "Get-Help cannot show a table. Write a list instead."),
        _ => throw new PageException(page.Name, "line " + (block.Line + 1) + " has an element that Get-Help cannot show: " + block.GetType().Name + "."),
    };

    private static List<ParameterTable> Tables(MarkdownPage page, string name, Section part)
    {
        List<ParameterTable> tables = part.Code("yaml").Select(yaml => new ParameterTable(page.Name, name, yaml)).ToList();
        return tables.Count > 0 ? tables : throw new PageException(page.Name, "-" + name + " has no table.");
    }

    [GeneratedRegex(@"(?<![\w])-([A-Za-z]\w*)")]
    private static partial Regex ParameterName();
}
