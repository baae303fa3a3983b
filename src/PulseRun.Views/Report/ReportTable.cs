using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Xml.Linq;
using static PulseRun.Views.Report.Html;

namespace PulseRun.Views.Report;

/// <summary>Creates a table whose cells carry the titles of their columns, so that a narrow screen can show each row as a list.</summary>
/// <param name="columns">The columns: a title, and the class of its cells; null for plain text.</param>
internal sealed class ReportTable(params (string Title, string? Class)[] columns)
{
    /// <summary>The classes of cells: the id of a row, a GPU type, a time, a number, and a bar.</summary>
    public const string Id = "id", Gpu = "gpu", Since = "since", Number = "n", Bar = "bar";

    private readonly List<XElement> _rows = [];

    /// <summary>Adds a row. An empty text is a cell that a narrow screen omits.</summary>
    public void Add(params object[] contents)
    {
        _rows.Add(Of("tr", contents.Select((content, i) => Of("td", columns[i].Class is { } name ? Class(name) : null, new XAttribute("data-label", columns[i].Title), content))));
    }

    /// <summary>Returns the table.</summary>
    public XElement Element() => Of("div", Class("wide"), Of(
        "table",
        Of("thead", Of("tr", columns.Select(static column => Of("th", column.Class is { } name ? Class(name) : null, column.Title)))),
        Of("tbody", _rows)));

    /// <summary>Returns a bar of parts, each with its class and its size. The bar is as long as its sum, compared with the longest bar.</summary>
    public static XElement Shares(decimal longest, params (string Class, decimal Size)[] parts)
    {
        decimal sum = parts.Sum(static part => part.Size);
        return Of("div", Class("share"), longest > 0 && sum > 0
            ? parts.Where(static part => part.Size > 0).Select(part => Of("span", Class(part.Class), new XAttribute("style", "width:" + (part.Size * 100 / longest).ToString("0.##", CultureInfo.InvariantCulture) + "%")))
            : null);
    }
}
