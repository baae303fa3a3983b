using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cleanup;

/// <summary>Tests whole cleanups, one a minute, against metrics that look idle and are not. The list is a table: what the server answers, and how the last cleanup decides.</summary>
public class HostileMetricsTests : HostileTests
{
    private const string Stopped = "Stopped Idle AllBelowThreshold";
    private const string Busy = "Skipped Active GpuBusy";
    private const string Silent = "Skipped Unknown MetricsUnavailable";
    private const string Unclear = "Skipped Unknown UnitUnclear";

    /// <summary>Each row is an instance of one fleet.</summary>
    private static readonly Dictionary<string, (Func<HostileInstance, string?> Metrics, string Expected)> s_fleet = new()
    {
        ["idle"] = (one => one.Load(0), Stopped),
        ["idle without uptime"] = (_ => """{"gpu_utilization":0}""", Stopped),
        ["busy"] = (one => one.Load(97), Busy),
        ["busy as text"] = (one => $$"""{"gpu_utilization":"97","uptime":{{one.Uptime}}}""", Busy),
        ["busy over 100"] = (one => one.Load(640), Busy),

        // The same answer for half an hour.
        ["frozen"] = (_ => """{"gpu_utilization":0,"memory_usage":3,"uptime":864000}""", Silent),
        ["frozen, named otherwise"] = (_ => """{"gpu_utilization_percent":0,"uptime_seconds":864000}""", Silent),
        ["uptime at 40 % of the time"] = (one => $$"""{"gpu_utilization":0,"uptime":{{one.Uptime * 4 / 10}}}""", Silent),
        ["uptime at 60 % of the time"] = (one => $$"""{"gpu_utilization":0,"uptime":{{one.Uptime * 6 / 10}}}""", Stopped),
        ["uptime that falls"] = (one => $$"""{"gpu_utilization":0,"uptime":{{20_000_000 - one.Uptime}}}""", "Skipped Unknown Restarted"),
        ["timestamp half an hour old"] = (one => Stamped(one, one.Now.AddMinutes(-30)), Silent),
        ["timestamp half an hour old, in seconds"] = (one => one.Load(0, ",\"timestamp\":" + one.Now.AddMinutes(-30).ToUnixTimeSeconds()), Silent),
        ["timestamp half an hour old, in milliseconds"] = (one => one.Load(0, ",\"ts\":" + one.Now.AddMinutes(-30).ToUnixTimeMilliseconds()), Silent),
        ["timestamp half an hour ahead"] = (one => Stamped(one, one.Now.AddMinutes(30)), Silent),
        ["timestamp of last year"] = (one => one.Load(0, ",\"sampled_at\":\"2025-03-01T12:00:00Z\""), Silent),
        ["timestamp of now"] = (one => Stamped(one, one.Now), Stopped),
        ["busy half an hour ago"] = (one => one.Load(97, ",\"timestamp\":" + one.Now.AddMinutes(-30).ToUnixTimeSeconds()), Busy),

        // Load beside a zero.
        ["gpus is an object of GPUs"] = (one => one.Load(0, ""","gpus":{"0":{"utilization":97},"1":{"utilization":0}}"""), Busy),
        ["gpus is one GPU"] = (one => one.Load(0, ""","gpus":{"gpu_utilization":97}"""), Busy),
        ["gpus is an object of numbers"] = (one => one.Load(0, ""","gpus":{"gpu0":97}"""), Busy),
        ["gpus is an array"] = (one => one.Load(0, ""","gpus":[0,0,0,97]"""), Busy),
        ["gpus is a text"] = (one => one.Load(0, ""","gpus":"97 %, 95 %" """), Silent),
        ["gpus is a number"] = (one => one.Load(0, ""","gpus":97"""), Silent),
        ["gpus has unknown names"] = (one => one.Load(0, ""","gpus":[{"load":97}]"""), Silent),
        ["gpus has one without a value"] = (one => one.Load(0, ""","gpus":[0,null]"""), Silent),
        ["zero beside percent"] = (one => one.Load(0, ""","gpu_utilization_percent":97"""), Busy),
        ["percent zero beside load"] = (one => one.Load(97, ""","gpu_utilization_percent":0"""), Busy),
        ["zero beside percent in gpus"] = (one => one.Load(0, ""","gpus":[{"utilization":0,"utilization_percent":97}]"""), Busy),

        // Answers about another instance.
        ["another id"] = (one => one.Load(0, ""","id":"inst_other" """), Silent),
        ["another instance_id"] = (one => one.Load(0, ""","instance_id":"inst_other" """), Silent),
        ["another id as a number"] = (one => one.Load(0, ""","id":17"""), Silent),
        ["another id, and busy"] = (one => one.Load(97, ""","id":"inst_other" """), Silent),
        ["its own id"] = (one => one.Load(0, $$""","instance_id":"{{one.Id}}" """), Stopped),

        // Fractions: 0.97 is 97 %. Other instances of this fleet report percent, which proves nothing here.
        ["fraction"] = (one => one.Load(0.97), Unclear),
        ["fraction, at work in two minutes of three"] = (one => one.Load(one.Now.Minute % 3 == 0 ? 0 : 0.97), Unclear),
        ["fraction, a full load now and then"] = (one => one.Load(one.Now.Minute % 5 == 0 ? 1 : 0), Unclear),
        ["fraction in gpus"] = (one => one.Load(0, ""","gpus":[0,0.97]"""), Unclear),
        ["percent, from work down to 0 and 1"] = (one => one.Load(one.Now < s_worked ? 97 : one.Now.Minute % 5 == 0 ? 1 : 0), Stopped),

        // No values.
        ["null"] = (one => $$"""{"gpu_utilization":null,"uptime":{{one.Uptime}}}""", Silent),
        ["NaN"] = (one => $$"""{"gpu_utilization":"NaN","uptime":{{one.Uptime}}}""", Silent),
        ["negative"] = (one => one.Load(-1), Silent),
        ["empty"] = (_ => "{}", Silent),
        ["an array"] = (_ => """[{"gpu_utilization":0}]""", Silent),
        ["wrapped"] = (one => $$$"""{"data":{"gpu_utilization":97,"uptime":{{{one.Uptime}}}}}""", Silent),
        ["no JSON"] = (_ => "<html>502</html>", Silent),
        ["not found"] = (_ => null, Silent),
        ["memory held"] = (one => one.Load(0, ""","memory_usage":80"""), "Skipped Unknown MemoryHeld"),
        ["memory held, named otherwise"] = (one => one.Load(0, ""","memory_usage":1,"memory_usage_percent":80"""), "Skipped Unknown MemoryHeld"),
    };

    private static readonly DateTimeOffset s_worked = new(2026, 3, 1, 12, 3, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_busy_is_stopped_and_each_reason_is_right()
    {
        var names = s_fleet.Keys.Select((name, index) => (name, Id: "inst_" + index.ToString("00", CultureInfo.InvariantCulture))).ToDictionary(one => one.Id, one => one.name);
        foreach ((string id, string name) in names)
            Server.Add(id, s_fleet[name].Metrics);
        // Everything but the stops happens in earlier runs too, so the actions of all runs are collected: an instance that was stopped is AlreadyStopped later.
        var last = new Dictionary<string, string>();
        for (int minute = 0; minute < 40; minute++)
        {
            Server.Advance(TimeSpan.FromMinutes(1));
            foreach (string action in CleanUp())
            {
                string[] parts = action.Split(' ', 2);
                if (!parts[1].Contains("AlreadyStopped", StringComparison.Ordinal))
                    last[parts[0]] = parts[1];
            }
        }
        var wrong = names.Where(one => last[one.Key] != s_fleet[one.Value].Expected).Select(one => one.Value + ": " + last[one.Key] + " instead of " + s_fleet[one.Value].Expected).ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
        // The acts are exactly the stops of the table: one for each, and nothing else.
        Assert.Equal(
            names.Where(one => s_fleet[one.Value].Expected == Stopped).Select(one => "POST /v1/instances/" + one.Key + "/stop").Order(StringComparer.Ordinal),
            Server.Acts.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Percent", 0.97, "Stopped Idle AllBelowThreshold")]
    [InlineData("Fraction", 0.97, "Skipped Active GpuBusy")]
    [InlineData("Fraction", 0.04, "Stopped Idle AllBelowThreshold")]
    [InlineData("Fraction", 0.06, "Skipped Active GpuBusy")]
    public void UnitScale_says_what_a_fraction_means(string scale, double load, string expected)
    {
        Server.Add("inst_a", one => one.Load(load));
        ReadEachMinute(35);
        Assert.Equal(["inst_a " + expected], CleanUpEachMinute(1, "-UnitScale " + scale));
    }

    /// <summary>An idle GPU of a percent server reads 0 and 1. It gets its verdict without -UnitScale as soon as any instance of the account has worked.</summary>
    [Fact]
    public void Idle_GPUs_that_read_0_and_1_percent_are_stopped_once_the_server_has_shown_percent()
    {
        Server.Add("inst_a", one => one.Load(one.Now.Minute % 4 == 0 ? 1 : 0));
        Server.Add("inst_b", one => one.Load(0));
        ReadEachMinute(35);
        Server.Of("inst_b").Status = "stopped";
        Assert.Equal(["inst_a Skipped Unknown UnitUnclear", "inst_b Skipped AlreadyStopped "], CleanUpEachMinute(1));
        Server.Add("inst_c", one => one.Load(63));
        Assert.Equal(["inst_a Stopped Idle AllBelowThreshold", "inst_b Skipped AlreadyStopped ", "inst_c Skipped Active GpuBusy"], CleanUpEachMinute(1));
    }

    /// <summary>The load is in the second look only. Every one of its forms prevents the stop.</summary>
    [Fact]
    public void A_second_look_that_is_hostile_prevents_the_stop()
    {
        string[] kinds = ["busy", "gpus is an object of GPUs", "gpus is a text", "zero beside percent", "another id", "timestamp half an hour old", "fraction", "null", "an array", "not found", "no JSON"];
        foreach (string kind in kinds)
        {
            string id = "inst_" + Array.IndexOf(kinds, kind).ToString("00", CultureInfo.InvariantCulture);
            int asked = 0;
            // 36 readings of one a minute, then the second look.
            Server.Add(id, one => ++asked <= 36 ? one.Load(0) : s_fleet[kind].Metrics(one));
        }
        ReadEachMinute(35);
        string[] actions = CleanUpEachMinute(1);
        Assert.Equal(kinds.Length, actions.Length);
        Assert.All(actions, action => Assert.Contains("Skipped NoLongerIdle", action, StringComparison.Ordinal));
        Assert.Empty(Server.Acts);
    }

    private static string Stamped(HostileInstance one, DateTimeOffset at) =>
        one.Load(0, ",\"timestamp\":\"" + at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) + "\"");
}
