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
using static PulseRun.Views.Report.ReportText;

namespace PulseRun.Views.Report;

/// <summary>Writes the report as one self-contained HTML page. It begins with the answer: what is wasted, on what, and since when.</summary>
internal sealed class ReportPage(FleetReport report)
{
    /// <summary>The content security policy of the page: it loads no resource and runs no script, whatever text it contains.</summary>
    private const string Policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

    private const string Id = ReportTable.Id, Number = ReportTable.Number, Bar = ReportTable.Bar;

    private readonly Charts _charts = new();

    /// <summary>True when the readings cover some time, so that idle hours are known.</summary>
    private bool HasReadings => report.Total.Covered > TimeSpan.Zero;

    /// <summary>True when any billed time is known.</summary>
    private bool HasCosts => report.Total.Burned > TimeSpan.Zero;

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
            Of("title", Text(report.Title.TrimEnd('/')) + ": PulseRun fleet report"),
            Of("style", ReportStyle.Sheet)),
        Of("body", Header(), Notes(), Answer(), Cards(), Changes(), Next(), Breakdowns(), Idle(), Blind(), Burn(), Costs(), Load(), Method()));

    private IEnumerable<XElement> Header() =>
    [
        Of("h1", Text(report.Title.TrimEnd('/'))),
        Of("p", Class("dim"), "PulseRun fleet report, " + (report.Profile is null ? "" : Text(report.Address.TrimEnd('/')) + ", ") + Day(report.Since) + " to " + Day(report.Until) + " (UTC" + report.Until.ToLocalTime().ToString("zzz", CultureInfo.InvariantCulture) + ")"),
    ];

    private IEnumerable<XElement> Notes()
    {
        if (!report.IsRecorded)
            yield return Note("The records of this machine could not be read. " + (report.IsListed ? "This page shows the current list only." : ""));
        else if (report.IsEmpty)
            yield return Note("Nothing was recorded on this machine in this time: the history is empty. Get-PRIdleInstance, Invoke-PRCleanup and Watch-PRInstance record readings and states. " + (report.IsListed ? "This page shows the current list only." : ""));
        if (report.IsUnitUnclear)
            yield return Note("No reading is above 1, so that 1 may mean 1 % or 100 %. Idle hours are not known.");
        if (!report.IsListed)
            yield return Note("The list of instances could not be read. This page is based on the history alone.");
    }

    /// <summary>Returns the share of the cost that was idle, as one figure, one sentence and one bar.</summary>
    private XElement Answer()
    {
        ReportLine total = report.Total;
        bool isPriced = total.Cost > 0;
        string figure = HasReadings ? Share(total.IdleShare) : "?";
        string sentence = !HasReadings ? "It is not known how much was idle, because there are no readings."
            : isPriced ? string.Format(
                CultureInfo.InvariantCulture,
                "of the {0} that readings cover was spent on idle GPUs: {1} in {2}. Readings cover {3} of the recorded cost.",
                Money(total.CoveredCost, total.HasUnknownPrice), Money(total.IdleCost, total.HasUnknownPrice), Hours(total.Idle), Share((double)(total.CoveredCost / total.Cost)))
            : "of the " + Hours(total.Covered) + " that readings cover was idle: " + Hours(total.Idle) + ". The prices are not known.";
        (decimal idle, decimal work, decimal none) = Parts(total);
        return Of(
            "div",
            Class("answer"),
            Of("p", Of("b", figure), sentence),
            HasCosts ? ReportTable.Shares(idle + work + none, ("idle", idle), ("work", work), ("none", none)) : null,
            HasCosts ? Of(
                "div",
                Class("legend"),
                Legend("idle", "idle " + Size(idle, isPriced)),
                Legend("work", "at work " + Size(work, isPriced)),
                Legend("none", "not read " + Size(none, isPriced))) : null);
    }

    private IEnumerable<XElement> Cards()
    {
        decimal? month = HasReadings && !(report.Total.HasUnknownPrice && report.Total.IdleCost == 0) ? report.PerMonth(report.Total.IdleCost) : null;
        yield return Of(
            "div",
            Class("cards"),
            Card(Whole(month), "idle cost a month", report.ReadFrom is { } from ? "at the pace since " + Time(from) : "no readings yet"),
            Card(report.IsListed && report.ReadFrom is not null ? Count(report.IdleNow.Count, "instance") : "?", "idle now", report.IdleNow.Count > 0 ? PerHour(report.IdleNow) + ", " + PerMonth(report.IdleNow) + " a month" : report.ReadFrom is null ? "no readings yet" : "none is proven idle"),
            Card(report.IsListed ? Count(report.BlindNow.Count, "instance") : "?", "blind: running, without current metrics", report.BlindNow.Count > 0 ? PerHour(report.BlindNow) + " that may be idle" : !report.IsListed ? "no list" : report.RunningNow == 0 ? "no instance is running" : "all " + Count(report.RunningNow, "running instance") + " read"),
            Card(report.Saved is { } saved ? Money(saved.Amount, saved.Unpriced > 0) : "?", "saved by cleanup", report.Saved is { } known ? known.Stops == 0 ? "no stop recorded" : Count(known.Stops, "stop") : "not known"),
            Card(HasCosts ? Money(report.Total.Cost, report.Total.HasUnknownPrice) : "?", "recorded cost", HasCosts ? Hours(report.Total.Burned) + " of instances" : "nothing recorded"),
            Card(report.BurnNow is { } now ? PerHour(now) : "?", "burn rate now", report.BurnNow is { } burn ? Count(burn.Count, "billed instance") : "no list"));
    }

    /// <summary>Returns what got better or worse since an earlier report.</summary>
    private IEnumerable<XElement> Changes()
    {
        if (report.Comparison is not { } comparison)
            yield break;
        yield return Of("h2", "What changed ", Of("span", Class("dim"), "since the report of " + Day(comparison.Earlier.Since) + " to " + Day(comparison.Earlier.Until)));
        var table = new ReportTable(("Figure", Id), ("Before", Number), ("Now", Number), ("Trend", null));
        foreach (ReportChange change in comparison.Changes)
            table.Add(Text(change.Title), Figure(change.Unit, change.Before), Figure(change.Unit, change.Now), Trend(change.Trend));
        yield return table.Element();
        if (comparison.NewlyIdle.Count > 0)
            yield return Of("p", Class("dim"), "Idle now, and not then: " + Ids(comparison.NewlyIdle));
        if (comparison.NoLongerIdle.Count > 0)
            yield return Of("p", Class("dim"), "No longer idle: " + Ids(comparison.NoLongerIdle));
    }

    private IEnumerable<XElement> Next()
    {
        yield return Of("h2", "What to run next ", Of("span", Class("dim"), "in PowerShell; a click selects the whole command"));
        foreach ((string command, string does) in ReportText.Next(report))
        {
            yield return Of("pre", command);
            yield return Of("p", Class("dim"), "This " + does);
        }
    }

    private IEnumerable<XElement> Breakdowns()
    {
        foreach (ReportBreakdown breakdown in report.Breakdowns.Where(static one => one.Groups.Count > 0))
        {
            yield return Of("h2", "By " + breakdown.Property + " ", Of("span", Class("dim"), "the most expensive idle hours first"));
            yield return Of("div", Class("legend"), Legend("idle", "idle"), Legend("work", "at work"), Legend("none", "not read"));
            decimal longest = breakdown.Groups.Max(static group => Sum(Parts(group.Sum)));
            var table = new ReportTable((breakdown.Property, Id), ("Instances", Number), ("Cost", Number), ("Idle", Number), ("Idle cost", Number), ("A month", Number), ("Idle now", Number), ("Blind", Number), ("", Bar));
            foreach (ReportGroup group in breakdown.Groups)
            {
                (decimal idle, decimal work, decimal none) = Parts(group.Sum);
                bool isRead = group.Sum.Covered > TimeSpan.Zero, isUnknown = group.Sum.HasUnknownPrice;
                table.Add(
                    group.Name is null ? "?" : Text(group.Name),
                    group.Count.ToString("N0", CultureInfo.InvariantCulture),
                    Money(group.Sum.Cost, isUnknown),
                    Share(group.Sum.IdleShare),
                    isRead ? Money(group.Sum.IdleCost, isUnknown) : "?",
                    isRead && !(isUnknown && group.Sum.IdleCost == 0) ? Whole(report.PerMonth(group.Sum.IdleCost)) : "?",
                    Now(group.IdleNow.Count),
                    Now(group.BlindNow.Count),
                    ReportTable.Shares(longest, ("idle", idle), ("work", work), ("none", none)));
            }
            yield return table.Element();
        }
    }

    private IEnumerable<XElement> Idle()
    {
        yield return Of("h2", "Idle instances ", Of("span", Class("dim"), "since when, and what they cost"));
        yield return Of("p", Class("dim"), string.Format(
            CultureInfo.InvariantCulture,
            "An instance is idle for a period of {0} or more in which every reading shows all GPUs below {1}{2}, and no gap between two readings exceeds {3}.",
            Display.Duration(report.Rule.For),
            Display.Percent(report.Rule.GpuBelow),
            report.Rule.IgnoreMemory ? "" : " and less than " + Display.Percent(report.Rule.MemoryBelow) + " of the GPU memory in use",
            Display.Duration(report.Rule.Gap)));
        List<ReportLine> idle = report.Lines.Where(static line => line.Idle > TimeSpan.Zero)
            .OrderByDescending(static line => line.IdleSince is not null).ThenByDescending(static line => line.IdleCost).ThenByDescending(static line => line.Idle).ToList();
        if (idle.Count == 0 && !(report.Others?.Idle > TimeSpan.Zero))
        {
            yield return Of("p", HasReadings ? "The readings prove no idle hours." : "There are no readings, so idle hours are not known.");
            yield break;
        }
        decimal most = idle.Count > 0 ? idle.Max(static line => line.IdleCost) : 0;
        var table = new ReportTable(("Instance", Id), ("GPU", ReportTable.Gpu), ("Idle since", ReportTable.Since), ("$/h", Number), ("A month", Number), ("Idle hours", Number), ("Idle", Number), ("Idle cost", Number), ("", Bar));
        foreach (ReportLine line in idle)
        {
            table.Add(
                Text(line.Id),
                Known(line.Gpu),
                line.IdleSince is { } since ? (line.IsIdleLonger ? "before " : "") + Time(since) + ", " + (line.IsIdleLonger ? "over " : "") + Display.Duration(report.Until - since) : "not idle now",
                Price(line.Price),
                line.IdleSince is null ? "" : line.Price is { } price ? Whole(price * PulseRun.Core.Cost.Burn.HoursPerMonth) : "?",
                Hours(line.Idle),
                Share(line.IdleShare),
                Money(line.IdleCost, line.HasUnknownPrice),
                ReportTable.Shares(most, ("idle", line.IdleCost)));
        }
        if (report.Others is { } others)
            table.Add(More(), "", "", "", "", Hours(others.Idle), Share(others.IdleShare), Money(others.IdleCost, others.HasUnknownPrice), "");
        yield return table.Element();
    }

    private IEnumerable<XElement> Blind()
    {
        List<ReportLine> blind = report.Lines.Where(static line => line.IsBlind).ToList();
        if (blind.Count == 0)
            yield break;
        yield return Of("h2", "Blind instances ", Of("span", Class("dim"), "they run, and there was no reading in the last " + Display.Duration(report.Rule.For)));
        var table = new ReportTable(("Instance", Id), ("GPU", ReportTable.Gpu), ("Provider", null), ("Region", null), ("$/h", Number), ("A month", Number), ("Last reading", Number));
        foreach (ReportLine line in blind)
        {
            table.Add(
                Text(line.Id), Known(line.Gpu), Known(line.Provider), Known(line.Region), Price(line.Price),
                line.Price is { } price ? Whole(price * PulseRun.Core.Cost.Burn.HoursPerMonth) : "?",
                line.LastRead is { } last ? Time(last) : "none");
        }
        yield return table.Element();
        if (report.BlindNow.Count > blind.Count)
            yield return Of("p", Class("dim"), "The table shows " + blind.Count + " of " + Count(report.BlindNow.Count, "blind instance") + ".");
    }

    private IEnumerable<XElement> Burn()
    {
        yield return Of("h2", "Burn rate over time ", Of("span", Class("dim"), "dollars per hour"));
        if (report.BurnOverTime.Count == 0)
            yield return Of("p", Class("dim"), HasCosts ? "The prices are not known." : "No billed instance was recorded in this time.");
        else
            yield return Of("div", Of("div", Class("large"), _charts.Burn(report.BurnOverTime, isSmall: false)), Of("div", Class("small"), _charts.Burn(report.BurnOverTime, isSmall: true)));
    }

    private IEnumerable<XElement> Costs()
    {
        if (report.Lines.Count == 0)
            yield break;
        yield return Of("h2", "Instances ", Of("span", Class("dim"), "the most expensive first"));
        var table = new ReportTable(("Instance", Id), ("GPU", ReportTable.Gpu), ("Provider", null), ("Region", null), ("Status", null), ("$/h", Number), ("Hours", Number), ("Cost", Number), ("Mean GPU", Number), ("Peak", Number));
        foreach (ReportLine line in report.Lines)
        {
            table.Add(
                Text(line.Id), Known(line.Gpu), Known(line.Provider), Known(line.Region),
                line.Status is not null ? Known(line.Status) : report.IsListed ? "gone" : "?",
                Price(line.Price), Hours(line.Burned), Money(line.Cost, line.HasUnknownPrice), Percent(line.MeanGpu), Percent(line.PeakGpu));
        }
        if (report.Others is { } others)
            table.Add(More(), "", "", "", "", "", Hours(others.Burned), Money(others.Cost, others.HasUnknownPrice), "", "");
        yield return table.Element();
    }

    private IEnumerable<XElement> Load()
    {
        List<ReportLine> read = report.Lines.Where(static line => line.Load.Count > 0).ToList();
        if (read.Count == 0 || report.ReadFrom is not { } from)
            yield break;
        yield return Of("h2", "Utilisation ", Of("span", Class("dim"), "GPU load: the line is the mean, the area is the peak, and gaps have no readings"));
        yield return Of("div", Class("grid"), read.Select(line => Of(
            "div",
            Of("h3", Text(line.Id) + " ", Of("span", Class("dim"), Known(line.Gpu) + ", mean " + Percent(line.MeanGpu) + ", peak " + Percent(line.PeakGpu))),
            _charts.Load(line.Load, from, report.Until, "GPU load of " + Text(line.Id)))));
        if (report.OtherCount > 0)
            yield return Of("p", Class("dim"), "The charts show the " + read.Count + " most expensive instances with readings; " + report.OtherCount + " more instances are omitted.");
    }

    private IEnumerable<XElement> Method()
    {
        yield return Of("h2", "How this was counted");
        yield return Of("p", Class("dim"), "This page is based on the records of this machine: " + report.Readings.ToString("N0", CultureInfo.InvariantCulture) + " readings, the states in which instances were listed, and their prices then"
            + (report.IsListed ? ", and on the current list" : "") + ". Time without records is not counted, so costs are lower bounds. The ledger (Get-PRTransaction) shows the actual charges. Readings are kept for 14 days, states for 90.");
        yield return Of("p", Class("dim"), "A month has 730 hours. Saved by cleanup is the price of each instance that Invoke-PRCleanup stopped on this machine, for the time in which it was seen stopped.");
        yield return Of("p", Class("dim"), "Written " + Day(report.Until) + " by Export-PRReport.");
    }

    /// <summary>Returns the idle, the working and the unread part: of the cost, or of the time where no price is known.</summary>
    private static (decimal Idle, decimal Work, decimal None) Parts(ReportLine line) => line.Cost > 0
        ? (line.IdleCost, Math.Max(0, line.CoveredCost - line.IdleCost), Math.Max(0, line.Cost - line.CoveredCost))
        : (line.Idle.Ticks, Math.Max(0, line.Covered.Ticks - line.Idle.Ticks), Math.Max(0, line.Burned.Ticks - line.Covered.Ticks));

    private static decimal Sum((decimal Idle, decimal Work, decimal None) parts) => parts.Idle + parts.Work + parts.None;

    private static string Size(decimal part, bool isMoney) => isMoney ? Money(part) : Hours(TimeSpan.FromTicks((long)part));

    private static string Ids(IReadOnlyList<string> ids) => string.Join(", ", ids.Take(20).Select(Text)) + (ids.Count > 20 ? " and " + (ids.Count - 20).ToString("N0", CultureInfo.InvariantCulture) + " more" : "") + ".";

    private string Now(int count) => report.IsListed ? count.ToString("N0", CultureInfo.InvariantCulture) : "?";

    private string More() => report.OtherCount.ToString("N0", CultureInfo.InvariantCulture) + " more instance" + (report.OtherCount == 1 ? "" : "s");

    private static string Known(string? text) => Text(text) is { Length: > 0 } known ? known : "?";

    private static XElement Legend(string name, string text) => Of("span", Of("i", Class(name)), text);

    private static XElement Card(string value, string label, string detail) => Of("div", Class("card"), Of("b", value), Of("span", label), Of("span", Class("dim"), detail));

    private static XElement Note(string text) => Of("p", Class("note"), text);
}
