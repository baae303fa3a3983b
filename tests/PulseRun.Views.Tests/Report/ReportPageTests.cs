using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using PulseRun.Core.History;
using PulseRun.Core.Idle;
using PulseRun.Core.Report;
using PulseRun.Views.Report;
using PulseRun.Views.Tests.Support;
using Xunit;

namespace PulseRun.Views.Tests.Report;

public class ReportPageTests
{
    private static readonly DateTimeOffset s_since = Frames.Now.AddDays(-7);

    [Fact]
    public void Write_Fleet_HasChartsSumsAndNoOutsideWorld()
    {
        string page = Page(Report(5));
        Assert.StartsWith("<!DOCTYPE html>\n<html lang=\"en\">", page);
        Assert.Contains("Content-Security-Policy", page);
        Assert.Contains("default-src 'none'", page);
        // Two charts of the burn rate, for wide and narrow screens, and one per instance with readings.
        Assert.Equal(2 + 5, Regex.Matches(page, "<svg ").Count);
        Assert.DoesNotMatch("(?i)<script|<link|<img|<iframe|<object|@import|javascript:|\\son\\w+=|src=|href=", page);
        // The SVG namespace is an identifier and is never loaded.
        Assert.DoesNotMatch("https?://", page.Replace("http://www.w3.org/2000/svg", ""));
        Assert.Contains("inst_00", page);
        Assert.Contains("$352.80", page);
        Assert.DoesNotContain("rgb(1,2,3)", page);
    }

    [Fact]
    public void Write_Charts_NamesAreTheirOwn()
    {
        string page = Page(Report(5));
        List<string> names = Regex.Matches(page, " id=\"([^\"]+)\"").Cast<Match>().Select(static match => match.Groups[1].Value).ToList();
        Assert.NotEmpty(names);
        Assert.Equal(names.Distinct(), names);
        Assert.All(Regex.Matches(page, "url\\(#([^)]+)\\)").Cast<Match>(), match => Assert.Contains(match.Groups[1].Value, names));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"><img src=x onerror=alert(1)>")]
    [InlineData("</style></title><b>")]
    [InlineData("a\u0001\u001b[2J\ud800b\uffff")]
    [InlineData("&lt;b&gt;")]
    [InlineData("#5")]
    public void Write_HostileText_IsText(string hostile)
    {
        string page = Page(Report(3, hostile));
        Assert.DoesNotMatch("<script|<img|<b>a|\u001b|\u0001|\ud800(?![\udc00-\udfff])|\uffff", page);
        Assert.Equal(Regex.Matches(Page(Report(3)), "<[a-z]+").Count, Regex.Matches(page, "<[a-z]+").Count);
        if (hostile == "&lt;b&gt;")
            Assert.Contains("&amp;lt;b&amp;gt;", page);
        if (hostile == "#5")
            Assert.Contains("data-label=\"GPU\">#5</td>", page);
    }

    [Fact]
    public void Write_NothingRemembered_SaysSo()
    {
        FleetReport report = new ReportBuilder(s_since, Frames.Now, new IdleRule()).Build(null, "x", 20);
        string page = Page(report);
        Assert.Contains("the history is empty", page);
        Assert.Contains("The list of instances could not be read", page);
        Assert.Contains("No billed instance was recorded", page);
        Assert.DoesNotContain("<svg", page);
        // Nothing is known, so no figure is 0.
        Assert.Equal(["?", "?", "?", "?", "?", "?", "?"], Regex.Matches(page, "<b>([^<]*)</b>").Cast<Match>().Select(static match => match.Groups[1].Value));
        Assert.DoesNotContain("$0", page);
    }

    [Fact]
    public void Write_LongFleet_TellsOfTheRestAndStaysSmall()
    {
        string page = Page(Report(600), out FleetReport report);
        Assert.Equal(580, report.OtherCount);
        Assert.Contains("580 more instances", page);
        Assert.Equal(22, Regex.Matches(page, "<svg ").Count);
        Assert.InRange(page.Length, 1, 500_000);
    }

    [Fact]
    public void Write_EveryElement_IsClosedAsHtmlWants()
    {
        string html = Regex.Replace(Page(Report(3)), "(?s)<svg .*?</svg>", "");
        Assert.All(Regex.Matches(html, "<([a-z0-9]+)[^>]*/>").Cast<Match>(), static match => Assert.Equal("meta", match.Groups[1].Value));
    }

    private static string Page(FleetReport report)
    {
        using var text = new StringWriter();
        ReportPage.Write(report, text);
        return text.ToString();
    }

    private static string Page(FleetReport report, out FleetReport same)
    {
        same = report;
        return Page(report);
    }

    private static FleetReport Report(int count, string text = "h100")
    {
        var builder = new ReportBuilder(s_since, Frames.Now, new IdleRule());
        List<Instance> fleet = Enumerable.Range(0, count).Select(i => Frames.One("inst_" + i.ToString("00", System.Globalization.CultureInfo.InvariantCulture), text)).ToList();
        builder.AddStates(fleet.Select(one => new RecordedState { Id = one.Id, Status = "running", Since = s_since, LastSeen = Frames.Now, LargestGap = default, CostPerHour = 2.1m, Gpu = text }));
        builder.AddFleet(fleet);
        for (int i = 0; i < 200; i++)
        {
            foreach (Instance one in fleet)
                builder.Add(new InstanceMetrics { Id = one.Id, SampledAt = s_since.AddMinutes(i), GpuUtilization = i > 100 ? 90 : 0 });
        }
        return builder.Build(text == "h100" ? "prod" : text, "api.example", 20);
    }
}
