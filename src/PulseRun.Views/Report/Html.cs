using System;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using PulseRun.Views.Fleet;

namespace PulseRun.Views.Report;

/// <summary>Elements of a page. The tree is written by an XML writer, which encodes every text: nothing a server sent can become markup.</summary>
internal static class Html
{
    private static readonly string[] s_void = ["meta"];

    /// <summary>An element; one without content gets an end tag all the same, as HTML wants it.</summary>
    public static XElement Of(string name, params object?[] content)
    {
        var element = new XElement(name, content);
        if (!element.Nodes().Any() && !s_void.Contains(name))
            element.Add(new XText(""));
        return element;
    }

    public static XAttribute Class(string name) => new("class", name);

    /// <summary>Text from a server: cleaned for people, and of whatever XML cannot hold.</summary>
    public static string Text(string? text)
    {
        string clean = FleetText.Clean(text);
        var valid = new StringBuilder(clean.Length);
        for (int i = 0; i < clean.Length; i++)
        {
            if (i + 1 < clean.Length && XmlConvert.IsXmlSurrogatePair(clean[i + 1], clean[i]))
                valid.Append(clean, i++, 2);
            else
                valid.Append(XmlConvert.IsXmlChar(clean[i]) ? clean[i] : '\uFFFD');
        }
        return valid.ToString();
    }
}
