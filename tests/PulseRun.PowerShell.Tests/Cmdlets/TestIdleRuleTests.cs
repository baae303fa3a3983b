using System;
using System.Globalization;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class TestIdleRuleTests : IdleTests
{
    private const string Short = "-For 00:10 -MinSamples 5 -MaxGap 00:03";

    public TestIdleRuleTests() => StartIdleEmulator(2);

    /// <summary>Records half an hour: inst_1 works at the beginning and at the end.</summary>
    private void Record()
    {
        Emulator.SetWorkload("inst_1", "busy");
        ReadFleet(2);
        Emulator.SetWorkload("inst_1", "idle");
        Emulator.Advance(TimeSpan.FromMinutes(2));
        ReadFleet(8);
        Emulator.SetWorkload("inst_1", "busy");
        Emulator.Advance(TimeSpan.FromMinutes(2));
        ReadFleet(3);
    }

    [Fact]
    public void It_replays_the_history_without_a_request()
    {
        Record();
        IdleRuleResult result = Get<IdleRuleResult>("Test-PRIdleRule -History " + Short);
        Assert.Equal((2, 1, 2), (result.Stops, result.WrongStops, result.Instances));
        IdleRuleStop wrong = result.StopList.Single(static stop => stop.IsWrong);
        Assert.Equal("inst_1", wrong.Id);
        Assert.InRange(wrong.BusyAgainAt!.Value - wrong.At, TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(8));
        // The recorded prices are 1 and 2 dollars per hour.
        decimal price = result.StopList.Sum(static stop => (stop.Id == "inst_0" ? 1 : 2) * (decimal)stop.SavedTime.TotalHours);
        Assert.InRange(result.Saved!.Value, price - 0.001m, price + 0.001m);
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("de-DE")]
    [InlineData("en-US")]
    public void The_export_of_the_history_gives_the_same_result(string culture)
    {
        Record();
        CultureInfo before = CultureInfo.CurrentCulture;
        string file = Path.Combine(Folder, "readings.csv");
        IdleRuleResult[] results = GetAll<IdleRuleResult>($$"""
            $thread = [System.Threading.Thread]::CurrentThread
            $culture = $thread.CurrentCulture
            try {
                $thread.CurrentCulture = '{{culture}}'
                Get-PRInstanceMetrics -History | Export-Csv '{{file}}'
                Test-PRIdleRule -History {{Short}}
                Test-PRIdleRule -Path '{{file}}' {{Short}} -CostPerHour 1.5
            }
            finally { $thread.CurrentCulture = $culture }
            """);
        Assert.Equal(before, CultureInfo.CurrentCulture);
        Assert.Equal((results[0].Stops, results[0].WrongStops, results[0].Readings, 2), (results[1].Stops, results[1].WrongStops, results[1].Readings, results[1].Stops));
        Assert.Equal(results[0].StopList.Select(static stop => stop.Id), results[1].StopList.Select(static stop => stop.Id));
        Assert.InRange((double)results[1].Saved!.Value, (results[1].SavedTime.TotalHours * 1.5) - 0.001, (results[1].SavedTime.TotalHours * 1.5) + 0.001);
    }

    [Fact]
    public void Rules_stand_side_by_side()
    {
        Record();
        Assert.Equal(["00:10:00 5", "00:10:00 100", "00:16:00 5", "00:16:00 100"],
            GetAll<IdleRuleResult>("Test-PRIdleRule -History -For 00:10, 00:16 -GpuBelow 5, 100 -MinSamples 5 -MaxGap 00:03").Select(static one => FormattableString.Invariant($"{one.For} {one.GpuBelow}")));
        IdleRuleResult[] rules = GetAll<IdleRuleResult>("Test-PRIdleRule -History -Rule @{ For = '00:10'; MinSamples = 5; MaxGap = '00:03' }, ([pscustomobject]@{ For = [timespan]'02:00'; GpuBelow = 7 })");
        Assert.Equal([(2, 5.0, 5), (0, 7.0, 20)], rules.Select(static one => (one.Stops, one.GpuBelow, one.MinSamples)));
        Assert.Equal(1, Get<IdleRuleResult>("Test-PRIdleRule -History -Id inst_0 " + Short).Instances);
        Assert.Equal(1, Get<IdleRuleResult>("Get-PRInstance inst_1 | Test-PRIdleRule -History " + Short).Instances);
        Assert.Equal(2, Get<IdleRuleResult>("'inst_?' | Test-PRIdleRule -History " + Short).Instances);
        Assert.Equal(0, Get<IdleRuleResult>("@() | Test-PRIdleRule -History " + Short).Instances);
        Assert.Equal(0, Get<IdleRuleResult>("Test-PRIdleRule -History -Since $emulator.UtcNow.AddDays(1) " + Short).Instances);
    }

    [Theory]
    [InlineData("-Rule @{ Fro = '00:10' }", "Rule")]
    [InlineData("-Rule @{ For = 'soon' }", "Rule")]
    [InlineData("-Rule 'text'", "Rule")]
    [InlineData("-Rule @{ For = '00:10' } -For 00:10", "Rule")]
    [InlineData("-For 00:00", "For")]
    [InlineData("-GpuBelow 5, 0", "GpuBelow")]
    public void Bad_input_is_a_clear_error(string parameters, string field)
    {
        Outcome done = Run("Test-PRIdleRule -History " + parameters);
        Assert.Equal(("InvalidRequest", field), (done.EndedId, done.Ended!.TargetObject));
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_a_clear_error()
    {
        string file = Path.Combine(Folder, "x.csv");
        Assert.Equal("InvalidRequest", Run($"Test-PRIdleRule '{file}'").EndedId);
        File.WriteAllText(file, "a,b\n1,2\n");
        Outcome done = Run($"Test-PRIdleRule '{file}'");
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Contains("GpuUtilization", done.Ended!.ToString());
    }

    [Fact]
    public void The_table_shows_the_result()
    {
        Record();
        string text = string.Concat(Do("Test-PRIdleRule -History " + Short + " | Out-String").As<string>());
        foreach (string column in new[] { "For", "Stops", "Wrong", "SavedTime", "Saved$" })
            Assert.Contains(column, text);
    }
}
