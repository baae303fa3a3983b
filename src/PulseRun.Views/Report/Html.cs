using System;
using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using PulseRun.Views.Fleet;

namespace PulseRun.Views.Report;

/// <summary>Creates the elements of a page. The tree is written by an XML writer, which encodes every text, so text from the server cannot become markup.</summary>
internal static class Html
{
    private static readonly string[] s_void = ["meta"];

    /// <summary>Returns an element. An element without content gets an end tag, which HTML requires for all but void elements.</summary>
    public static XElement Of(string name, params object?[] content)
    {
        var element = new XElement(name, content);
        if (!element.Nodes().Any() && !s_void.Contains(name))
            element.Add(new XText(""));
        return element;
    }

    public static XAttribute Class(string name) => new("class", name);

    /// <summary>Returns text from a server without control characters and without characters that XML does not allow.</summary>
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
