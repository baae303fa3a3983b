using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Views;

/// <summary>Checks the widths of the columns of all tables: PowerShell shortens the last column that does not fit to the rest of the line, and breaks its header within a word.</summary>
public class ViewWidthTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    public void No_header_is_broken(int terminal)
    {
        XDocument views = XDocument.Load(Path.Combine(StagedModule.Folder, "formats", "PulseRun.Format.ps1xml"));
        var broken = new List<string>();
        var tables = views.Descendants("View").Where(static view => view.Element("TableControl") is not null).ToArray();
        Assert.InRange(tables.Length, 20, 100);
        foreach (XElement view in tables)
        {
            // A terminal has one column less than its width.
            int left = terminal - 1;
            foreach (XElement column in view.Descendants("TableColumnHeader"))
            {
                string header = (string?)column.Element("Label") ?? "";
                int width = int.Parse((string?)column.Element("Width") ?? header.Length.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
                if (left > 0 && left < width && left < header.Length)
                    broken.Add($"{(string?)view.Element("Name")}: {header} gets {left} of {width} columns");
                left -= width + 1;
            }
        }
        Assert.Empty(broken);
    }
}
