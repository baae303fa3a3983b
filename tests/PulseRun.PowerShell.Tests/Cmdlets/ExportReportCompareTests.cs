using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Checks Export-PRReport -AsJson and -Compare.</summary>
public class ExportReportCompareTests : IdleTests
{
    private readonly string _earlier, _later;

    public ExportReportCompareTests()
    {
        StartIdleEmulator(3, (0, "busy"));
        _earlier = Path.Combine(Folder, "earlier.json");
        _later = Path.Combine(Folder, "later.json");
        Shell.Set("earlier", _earlier);
        Shell.Set("later", _later);
    }

    [Fact]
    public void AsJson_writes_the_figures_of_the_page_for_one_list()
    {
        Watch(41);
        Assert.Empty(Do("Export-PRReport $earlier -AsJson").Output);
        Assert.Equal(["GET /v1/instances"], Sent);
        JsonElement report = Json(_earlier), figures = report.GetProperty("figures");
        Assert.Equal(("pulserun-report", 1), (report.GetProperty("format").GetString(), report.GetProperty("version").GetInt32()));
        Assert.Equal((6m, 5m, 2, 0, 3), (figures.GetProperty("burnPerHour").GetDecimal(), figures.GetProperty("idlePerHour").GetDecimal(), figures.GetProperty("idle").GetInt32(), figures.GetProperty("blind").GetInt32(), report.GetProperty("instances").GetArrayLength()));
        Assert.InRange(figures.GetProperty("idleShare").GetDouble(), 0.8, 0.85);
        Assert.Equal(JsonValueKind.Null, report.GetProperty("comparison").ValueKind);
        Assert.EndsWith("}\n", File.ReadAllText(_earlier), StringComparison.Ordinal);
        Assert.NotEmpty(Do("Get-Content $earlier -Raw | ConvertFrom-Json").Output);
    }

    [Fact]
    public void Unknown_is_null_and_not_0()
    {
        Do("Export-PRReport $earlier -AsJson");
        JsonElement figures = Json(_earlier).GetProperty("figures");
        foreach (string name in new[] { "idleShare", "idleCostPerMonth", "idle", "idlePerHour" })
            Assert.Equal(JsonValueKind.Null, figures.GetProperty(name).ValueKind);
        Assert.All(Json(_earlier).GetProperty("instances").EnumerateArray(), static one => Assert.Equal(JsonValueKind.Null, one.GetProperty("idleShare").ValueKind));
    }

    [Fact]
    public void Compare_tells_what_got_better_and_worse()
    {
        Watch(41);
        Do("Export-PRReport $earlier -AsJson");
        // One idle instance is stopped, and the busy one becomes idle.
        Do("Stop-PRInstance inst_1 -Confirm:$false");
        Emulator.SetWorkload("inst_0", "idle");
        Watch(41);
        Do("Export-PRReport $later -AsJson -Compare $earlier -Since $emulator.UtcNow.AddMinutes(-40)");
        JsonElement comparison = Json(_later).GetProperty("comparison");
        string[] trends = comparison.GetProperty("changes").EnumerateArray().Where(static one => one.GetProperty("gpu").ValueKind == JsonValueKind.Null)
            .Select(static one => one.GetProperty("name").GetString() + " " + one.GetProperty("trend").GetString()).ToArray();
        Assert.Contains("idlePerHour better", trends);
        Assert.Contains("idleShare worse", trends);
        Assert.Contains("idle same", trends);
        Assert.Contains("burnPerHour changed", trends);
        Assert.Equal("inst_0", Assert.Single(comparison.GetProperty("newlyIdle").EnumerateArray()).GetString());
        Assert.Equal("inst_1", Assert.Single(comparison.GetProperty("noLongerIdle").EnumerateArray()).GetString());

        string page = Path.Combine(Folder, "page.html");
        Shell.Set("page", page);
        Do("Export-PRReport $page -Compare $earlier");
        AssertLike("*<h2>What changed *idle share of the cost*worse*No longer idle: inst_1.*", File.ReadAllText(page));
        Do("Export-PRReport $page");
        Assert.DoesNotContain("What changed", File.ReadAllText(page), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_rule_is_a_warning()
    {
        Watch(41);
        Do("Export-PRReport $earlier -AsJson -IdleFor 00:10:00");
        Assert.Contains(Do("Export-PRReport $later -AsJson -Compare $earlier").Warnings, static text => text.Contains("another idle rule", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<!DOCTYPE html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"format":"other"}""")]
    [InlineData("""{"format":"pulserun-report","version":2}""")]
    [InlineData("""{"format":"pulserun-report","version":1}""")]
    [InlineData("""{"format":"pulserun-report","version":1e999}""")]
    [InlineData("""{"format":["pulserun-report"]}""")]
    [InlineData("""{"format":"pulserun-report","version":1,"figures":{"idle":-1},"groups":[],"instances":[],"since":"2026-01-01","until":"2026-01-02","address":"a","idleForSeconds":1,"gpuBelow":5}""")]
    [InlineData("""{"format":"pulserun-report","version":1,"figures":{"burnPerHour":1e300},"groups":[],"instances":[],"since":"2026-01-01","until":"2026-01-02","address":"a","idleForSeconds":1,"gpuBelow":5}""")]
    [InlineData("""{"format":"pulserun-report","version":1,"figures":{},"groups":[1,{"property":"gpu","name":"\ud800","sum":{"idleShare":2}}],"instances":[],"since":"2026-01-01","until":"2026-01-02","address":"a","idleForSeconds":1,"gpuBelow":5}""")]
    [InlineData("""{"format":"pulserun-report","version":1,"figures":{},"groups":[],"instances":[],"since":"2026-01-01","until":"9026-01-02","address":"a","idleForSeconds":1,"gpuBelow":5}""")]
    public void Foreign_and_hostile_JSON_is_an_error_before_anything_is_sent(string text)
    {
        File.WriteAllText(_earlier, text);
        Outcome outcome = Run("Export-PRReport $later -AsJson -Compare $earlier");
        Assert.Equal("InvalidRequest", outcome.EndedId);
        Assert.Empty(Sent);
        Assert.False(File.Exists(_later));
    }

    [Fact]
    public void A_deep_a_large_and_a_missing_file_are_errors()
    {
        foreach (string text in new[] { new string('[', 100_000), new string(' ', 17 * 1024 * 1024) + "{}" })
        {
            File.WriteAllText(_earlier, text);
            Assert.Equal("InvalidRequest", Run("Export-PRReport $later -AsJson -Compare $earlier").EndedId);
        }
        Assert.Equal("InvalidRequest", Run("Export-PRReport $later -AsJson -Compare $folder/none.json").EndedId);
        Assert.Equal("InvalidRequest", Run("Export-PRReport $later -AsJson -Compare $folder").EndedId);
    }

    [Fact]
    public void Hostile_text_in_an_earlier_report_is_text()
    {
        string hostile = "<script>alert(1)</script>";
        File.WriteAllText(_earlier, """{"format":"pulserun-report","version":1,"figures":{},"groups":[{"property":"gpu","name":"HOSTILE","sum":{"idleShare":0.5}}],"instances":[{"id":"HOSTILE","idleSince":"x"}],"since":"2020-01-01","until":"2020-01-02","address":"a","idleForSeconds":1800,"gpuBelow":5}""".Replace("HOSTILE", hostile, StringComparison.Ordinal));
        Shell.Set("page", Path.Combine(Folder, "page.html"));
        Do("Export-PRReport $page -Compare $earlier -WarningAction SilentlyContinue");
        string page = File.ReadAllText(Path.Combine(Folder, "page.html"));
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
    }

    private void Watch(int times)
    {
        for (int i = 0; i < times; i++)
        {
            Emulator.Advance(TimeSpan.FromMinutes(1));
            Do("Get-PRIdleInstance");
        }
        Emulator.ClearRequests();
    }

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;
}
