using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class MetricsTests
{
    [Theory]
    [InlineData("busy", 80, 100)]
    [InlineData("idle", 0, 2)]
    public async Task A_steady_load_stays_where_it_is(string workload, double low, double high)
    {
        using var rig = new Rig();
        string id = rig.Running(workload);
        foreach (double value in await Sample(rig, id, 50))
            Assert.InRange(value, low, high);
    }

    [Theory]
    [InlineData("bursty", 0.2)]
    [InlineData("bursty:0.5", 0.5)]
    [InlineData("bursty:0", 0)]
    [InlineData("bursty:1", 1)]
    public async Task A_bursty_load_is_busy_for_its_share_of_the_time(string workload, double duty)
    {
        using var rig = new Rig(options: new EmulatorOptions { RequestsPerMinute = null });
        List<double> values = await Sample(rig, rig.Running(workload), 400);
        Assert.Equal(duty, values.Count(value => value > 50) / 400.0, 2);
    }

    [Fact]
    public async Task Silence_is_404_and_blank_is_null()
    {
        using var rig = new Rig();
        Assert.Equal(404, (await Metrics(rig, rig.Running("silent"))).Status);
        JsonObject blank = (await Metrics(rig, rig.Running("blank"))).Json.AsObject();
        Assert.Equal("""{"gpu_utilization":null,"memory_usage":null,"disk_usage":null,"uptime":0}""", blank.ToJsonString());
    }

    [Fact]
    public async Task Uptime_counts_from_the_last_start()
    {
        using var rig = new Rig(options: new EmulatorOptions { StartingTime = TimeSpan.Zero });
        string id = rig.Running();
        rig.Time.Advance(TimeSpan.FromSeconds(90.7));
        Assert.Equal(90, (int)(await Metrics(rig, id)).Json["uptime"]!);
        await rig.Post("/v1/instances/" + id + "/stop");
        await rig.Post("/v1/instances/" + id + "/start");
        Assert.Equal(0, (int)(await Metrics(rig, id)).Json["uptime"]!);
    }

    [Fact]
    public async Task A_series_by_time_holds_its_last_reading()
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        rig.Emulator.SetWorkload(id, [new() { GpuUtilization = 1 }, new() { GpuUtilization = -3 }, new() { Missing = true }, new() { GpuUtilization = double.NaN }], TimeSpan.FromSeconds(10));
        List<string> read = [];
        for (int i = 0; i < 5; i++)
        {
            Answer answer = await Metrics(rig, id);
            read.Add(answer.Status == 200 ? answer.Json["gpu_utilization"]!.ToJsonString() : "404");
            rig.Time.Advance(TimeSpan.FromSeconds(10));
        }
        Assert.Equal(["1", "-3", "404", "\"NaN\"", "\"NaN\""], read);
    }

    [Fact]
    public async Task A_series_without_a_step_goes_on_with_each_request()
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Emulator.SetWorkload(id, [new() { GpuUtilization = 1 }, new() { GpuUtilization = 2, Gpus = [2, null] }], TimeSpan.Zero);
        Assert.Equal(1, (int)(await Metrics(rig, id)).Json["gpu_utilization"]!);
        Assert.Equal("[2,null]", (await Metrics(rig, id)).Json["gpus"]!.ToJsonString());
        Assert.Equal(2, (int)(await Metrics(rig, id)).Json["gpu_utilization"]!);
    }

    [Theory]
    [InlineData("lazy")]
    [InlineData("bursty:2")]
    [InlineData("bursty:x")]
    [InlineData("")]
    public void An_unknown_workload_is_refused(string workload)
    {
        using var rig = new Rig();
        string id = rig.Running();
        Assert.Throws<ArgumentException>(() => rig.Emulator.SetWorkload(id, workload));
        Assert.Throws<ArgumentException>(() => rig.Emulator.SetWorkload("inst_nobody", "busy"));
        Assert.Throws<ArgumentException>(() => rig.Emulator.SetWorkload(id, [], TimeSpan.Zero));
    }

    [Theory]
    [InlineData("Plain", "gpu_utilization,memory_usage,disk_usage,uptime")]
    [InlineData("Suffix", "gpu_utilization_percent,memory_usage_percent,disk_usage_percent,uptime_seconds")]
    [InlineData("GpusObjects", "disk_usage,uptime,gpus")]
    [InlineData("GpusNumbers", "disk_usage,uptime,gpus")]
    public async Task Metrics_come_under_the_names_asked_for(string form, string names)
    {
        using var rig = new Rig();
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.MetricsForm, Form = form, Count = 3 });
        JsonObject json = (await Metrics(rig, rig.Running())).Json.AsObject();
        Assert.Equal(names, string.Join(",", json.Select(field => field.Key)));
        if (json["gpus"] is { } gpus)
        {
            Assert.Equal(3, gpus.AsArray().Count);
            JsonNode first = form == "GpusObjects" ? gpus[0]!["gpu_utilization"]! : gpus[0]!;
            Assert.InRange((double)first, 80, 100);
        }
    }

    [Fact]
    public async Task Metrics_fail_in_three_ways()
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Fault(EmulatorFaultKind.MetricsZero, times: 1);
        Assert.Equal("""{"gpu_utilization":0,"memory_usage":0,"disk_usage":0,"uptime":0}""", (await Metrics(rig, id)).Body);
        rig.Fault(EmulatorFaultKind.MetricsNull, times: 1);
        Assert.Equal("""{"gpu_utilization":null,"memory_usage":null,"disk_usage":null,"uptime":null}""", (await Metrics(rig, id)).Body);
        rig.Fault(EmulatorFaultKind.MetricsMissing, times: 1);
        Assert.Equal(404, (await Metrics(rig, id)).Status);
        Assert.Equal(200, (await Metrics(rig, id)).Status);
    }

    private static Task<Answer> Metrics(Rig rig, string id) => rig.Get("/v1/instances/" + id + "/metrics");

    private static async Task<List<double>> Sample(Rig rig, string id, int count)
    {
        List<double> values = [];
        for (int i = 0; i < count; i++)
        {
            values.Add((double)(await Metrics(rig, id)).Json["gpu_utilization"]!);
            rig.Time.Advance(TimeSpan.FromSeconds(15));
        }
        return values;
    }
}
