using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Xml;
using System.Xml.Linq;
using PulseRun.Core.Report;
using PulseRun.Core.Text;
using static PulseRun.Views.Report.Html;

namespace PulseRun.Views.Report;

/// <summary>Writes the report as one self-contained HTML page.</summary>
internal sealed class ReportPage(FleetReport report)
{
    /// <summary>The content security policy of the page: it loads no resource and runs no script, whatever text it contains.</summary>
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    // The style sheet must not contain >, because the writer would encode it, and browsers do not decode style sheets.
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1c2024; --dim: #60646c; --paper: #fcfcfd; --card: #f0f1f4; --line: #d9dbe0; --bar: #d97706; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e7ea; --dim: #a0a5af; --paper: #15171a; --card: #212428; --line: #363a40; --bar: #f59e0b; } }
        body { margin: 0 auto; padding: 24px; max-width: 980px; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
        h1 { margin: 0; font-size: 26px; } h2 { margin: 36px 0 8px; font-size: 19px; } h3 { margin: 0; font-size: 14px; overflow-wrap: anywhere; }
        p { margin: 4px 0; } .dim { color: var(--dim); font-size: 13px; font-weight: normal; }
        .note { padding: 10px 14px; border-left: 4px solid var(--bar); background: var(--card); margin: 16px 0; }
        .cards { display: flex; flex-wrap: wrap; gap: 12px; margin: 20px 0; } .card { flex: 1 1 140px; padding: 12px 14px; background: var(--card); border-radius: 8px; }
        .card b { display: block; font-size: 22px; font-variant-numeric: tabular-nums; }
        .grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 18px 24px; } svg { display: block; width: 100%; height: auto; color: var(--ink); }
        .wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
        th, td { padding: 5px 8px; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; } th { color: var(--dim); font-weight: 600; } .n { text-align: right; }
        .bar { width: 20%; min-width: 80px; } .bar span { display: block; height: 10px; background: var(--bar); border-radius: 2px; min-width: 1px; }
        @media print { body { max-width: none; } h2, .grid div { break-inside: avoid; } }
        """;

    private readonly Charts _charts = new();

    public static void Write(FleetReport report, TextWriter to)
    {
        to.Write("<!DOCTYPE html>\n");
        using var writer = XmlWriter.Create(to, new XmlWriterSettings { OmitXmlDeclaration = true, ConformanceLevel = ConformanceLevel.Fragment, NewLineHandling = NewLineHandling.None });
        new ReportPage(report).Page().WriteTo(writer);
    }

    private XElement Page() => Of(
        "html",
        new XAttribute("lang", "en"),
        Of(
            "head",
            Of("meta", new XAttribute("charset", "utf-8")),
            Of("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", Policy)),
            Of("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
            Of("title", "PulseRun fleet report"),
            Of("style", Style)),
        Of("body", Header(), Notes(), Cards(), Burn(), Costs(), Load(), Idle(), Method()));

    private IEnumerable<XElement> Header() =>
    [
        Of("h1", "PulseRun fleet report"),
        Of("p", Class("dim"), Text(report.Account) + ", " + Day(report.Since) + " to " + Day(report.Until) + " (UTC" + report.Until.ToLocalTime().ToString("zzz", CultureInfo.InvariantCulture) + ")"),
    ];

    private IEnumerable<XElement> Notes()
    {
        if (report.IsEmpty)
            yield return Note("Nothing was recorded on this machine in this time: the history is empty. Get-PRIdleInstance, Invoke-PRCleanup and Watch-PRInstance record readings and states. " + (report.IsListed ? "This page shows the current list only." : ""));
        if (!report.IsListed)
            yield return Note("The list of instances could not be read. This page is based on the history alone.");
    }

    /// <summary>True when there is neither a record nor a list: the cost is then unknown, and not zero.</summary>
    private bool IsUnknown => report.IsEmpty && !report.IsListed;

    private IEnumerable<XElement> Cards()
    {
        yield return Of(
            "div",
            Class("cards"),
            Card(IsUnknown ? "?" : Money(report.Total.Cost), "recorded cost"),
            Card(report.BurnNow is { } now ? Display.PerHour(Math.Round(now, 2)) : "?", "burn rate now"),
            Card(IsUnknown ? "?" : Hours(report.Total.Burned), "instance hours"),
            Card(report.Readings == 0 ? "?" : Hours(report.Total.Idle), "proven idle hours"),
            Card(report.Readings == 0 ? "?" : Money(report.Total.IdleCost), "spent on idle hours"));
    }

    private IEnumerable<XElement> Burn()
    {
        yield return Of("h2", "Burn rate over time ", Of("span", Class("dim"), "dollars per hour"));
        yield return report.Total.Cost > 0 ? _charts.Burn(report.Burn) : Of("p", Class("dim"), "No billed instance was recorded in this time.");
    }

    private IEnumerable<XElement> Costs()
    {
        if (report.Lines.Count == 0)
            yield break;
        yield return Of("h2", "Instances ", Of("span", Class("dim"), "the most expensive first"));
        yield return Wide(
            Row("th", "Instance", "GPU", "Provider", "Region", "Status", Right("$/h"), Right("Hours"), Right("Cost"), Right("Mean GPU"), Right("Peak")),
            report.Lines.Select(line => Row("td", Text(line.Id), Text(line.Gpu), Text(line.Provider), Text(line.Region), line.Status is not null ? Text(line.Status) : report.IsListed ? "gone" : "?", Right(Price(line.Price)), Right(Hours(line.Burned)), Right(Money(line.Cost)), Right(Percent(line.MeanGpu)), Right(Percent(line.PeakGpu))))
                .Concat(Others((others, name) => Row("td", name, "", "", "", "", "", Right(Hours(others.Burned)), Right(Money(others.Cost)), "", ""))));
    }

    private IEnumerable<XElement> Load()
    {
        List<ReportLine> read = report.Lines.Where(static line => line.MeanGpu is not null).ToList();
        if (read.Count == 0)
            yield break;
        yield return Of("h2", "Utilisation ", Of("span", Class("dim"), "GPU load: the line is the mean, the area is the peak, and gaps have no readings"));
        yield return Of("div", Class("grid"), read.Select(line => Of(
            "div",
            Of("h3", Text(line.Id) + " ", Of("span", Class("dim"), Text(line.Gpu) + ", mean " + Percent(line.MeanGpu) + ", peak " + Percent(line.PeakGpu))),
            _charts.Load(line.Load, "GPU load of " + Text(line.Id)))));
        if (report.OtherCount > 0)
            yield return Of("p", Class("dim"), "The chart shows the " + read.Count + " most expensive instances with readings; " + report.OtherCount + " more instances are omitted.");
    }

    private IEnumerable<XElement> Idle()
    {
        yield return Of("h2", "Idle hours and what they cost");
        yield return Of("p", Class("dim"), string.Format(
            CultureInfo.InvariantCulture,
            "An instance is idle for a period of {0} or more in which every reading shows all GPUs below {1}{2}, and no gap between two readings exceeds {3}.",
            Display.Duration(report.Rule.For),
            Display.Percent(report.Rule.GpuBelow),
            report.Rule.IgnoreMemory ? "" : " and less than " + Display.Percent(report.Rule.MemoryBelow) + " of the GPU memory in use",
            Display.Duration(report.Rule.Gap)));
        List<ReportLine> idle = report.Lines.Where(static line => line.Idle > TimeSpan.Zero).OrderByDescending(static line => line.IdleCost).ThenByDescending(static line => line.Idle).ToList();
        if (idle.Count == 0 && !(report.Others?.Idle > TimeSpan.Zero))
        {
            yield return Of("p", "The readings prove no idle hours.");
            yield break;
        }
        decimal most = idle.Count > 0 ? idle.Max(static line => line.IdleCost) : 0;
        yield return Wide(
            Row("th", "Instance", "GPU", Right("$/h"), Right("Hours read"), Right("Idle hours"), Right("Idle cost"), ""),
            idle.Select(line =>
            {
                XElement row = Row("td", Text(line.Id), Text(line.Gpu), Right(Price(line.Price)), Right(Hours(line.Covered)), Right(Hours(line.Idle)), Right(Money(line.IdleCost)));
                string width = most > 0 ? (line.IdleCost * 100 / most).ToString("0.#", CultureInfo.InvariantCulture) : "0";
                row.Add(Of("td", Class("bar"), Of("span", new XAttribute("style", "width:" + width + "%"))));
                return row;
            })
            .Concat(Others((others, name) => Row("td", name, "", "", Right(Hours(others.Covered)), Right(Hours(others.Idle)), Right(Money(others.IdleCost)), ""))));
    }

    private IEnumerable<XElement> Method()
    {
        yield return Of("h2", "How this was counted");
        yield return Of("p", Class("dim"), "This page is based on the records of this machine: " + report.Readings.ToString("N0", CultureInfo.InvariantCulture) + " readings, the states in which instances were listed, and their prices then"
            + (report.IsListed ? ", and on the current list" : "") + ". Time without records is not counted, so costs are lower bounds. The ledger (Get-PRTransaction) shows the actual charges. Readings are kept for 14 days, states for 90.");
        yield return Of("p", Class("dim"), "Written " + Day(report.Until) + " by Export-PRReport.");
    }

    private IEnumerable<XElement> Others(Func<ReportLine, string, XElement> row)
    {
        if (report.Others is { } others)
            yield return row(others, report.OtherCount.ToString("N0", CultureInfo.InvariantCulture) + " more instance" + (report.OtherCount == 1 ? "" : "s"));
    }

    private static XElement Wide(XElement header, IEnumerable<XElement> rows) =>
        Of("div", Class("wide"), Of("table", Of("thead", header), Of("tbody", rows)));

    private static XElement Row(string cell, params object[] contents) => Of("tr", contents.Select(content => Of(cell, content)));

    /// <summary>Returns the content of a right-aligned cell.</summary>
    private static object[] Right(string text) => [Class("n"), text];

    private static XElement Card(string value, string label) => Of("div", Class("card"), Of("b", value), Of("span", Class("dim"), label));

    private static XElement Note(string text) => Of("p", Class("note"), text);

    private static string Money(decimal dollars) => "$" + dollars.ToString("N2", CultureInfo.InvariantCulture);

    private static string Price(decimal? price) => price is { } dollars ? "$" + dollars.ToString("0.00##", CultureInfo.InvariantCulture) : "?";

    private static string Hours(TimeSpan time) => time.TotalHours.ToString("N1", CultureInfo.InvariantCulture) + " h";

    private static string Percent(double? value) => value is { } percent ? percent.ToString("0", CultureInfo.InvariantCulture) + "%" : "?";

    private static string Day(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
