using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class LifecycleTests
{
    [Fact]
    public async Task A_launch_runs_after_the_provisioning_time_and_can_then_be_reached()
    {
        using var rig = new Rig();
        string path = "/v1/instances/" + (string)(await rig.Launch()).Json["id"]!;
        rig.Time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("provisioning", (string)(await rig.Get(path)).Json["status"]!);
        rig.Time.Advance(TimeSpan.FromSeconds(5));
        var json = (await rig.Get(path)).Json;
        Assert.Equal("running", (string)json["status"]!);
        Assert.Equal("2026-03-01T12:00:20Z", (string)json["started_at"]!);
        string ip = (string)json["ip"]!;
        Assert.StartsWith("203.0.113.", ip);
        Assert.Matches("^ssh -p 41[0-9]{3} root@" + ip + "$", (string)json["ssh_command"]!);
        Assert.Matches(@"^https://[^/]+/\?token=[0-9a-z]{32}$", (string)json["jupyter_url"]!);
    }

    [Fact]
    public async Task A_launch_that_takes_no_time_still_answers_provisioning_first()
    {
        using var rig = new Rig(options: new EmulatorOptions { ProvisioningTime = TimeSpan.Zero });
        Answer launch = await rig.Launch();
        Assert.Equal("provisioning", (string)launch.Json["status"]!);
        Assert.Equal("running", (string)(await rig.Get("/v1/instances/" + launch.Json["id"])).Json["status"]!);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(30, 10)]
    public async Task Stop_and_start_take_their_time_and_reset_the_start(int stoppingSeconds, int startingSeconds)
    {
        using var rig = new Rig(TransportKind.Loopback, new EmulatorOptions
        {
            StoppingTime = TimeSpan.FromSeconds(stoppingSeconds),
            StartingTime = TimeSpan.FromSeconds(startingSeconds),
        });
        string path = "/v1/instances/" + rig.Running();
        Answer stop = await rig.Post(path + "/stop");
        Assert.Equal(stoppingSeconds == 0 ? "stopped" : "stopping", (string)stop.Json["status"]!);
        if (stoppingSeconds > 0)
            Assert.Equal(409, (await rig.Post(path + "/stop")).Status);
        rig.Time.Advance(TimeSpan.FromSeconds(stoppingSeconds));
        var stopped = (await rig.Get(path)).Json;
        Assert.Equal("stopped", (string)stopped["status"]!);
        Assert.Null(stopped["ip"]);
        Answer start = await rig.Post(path + "/start");
        Assert.Equal(startingSeconds == 0 ? "running" : "starting", (string)start.Json["status"]!);
        rig.Time.Advance(TimeSpan.FromSeconds(startingSeconds));
        var running = (await rig.Get(path)).Json;
        Assert.Equal("running", (string)running["status"]!);
        Assert.NotNull(running["ip"]);
        DateTimeOffset started = DateTimeOffset.Parse((string)running["started_at"]!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Rig.Start.AddSeconds(stoppingSeconds + startingSeconds), started);
    }

    [Theory]
    [InlineData("stop", "stopped", 409)]
    [InlineData("stop", "provisioning", 409)]
    [InlineData("stop", "terminated", 409)]
    [InlineData("stop", "failed", 409)]
    [InlineData("start", "running", 409)]
    [InlineData("start", "terminated", 409)]
    [InlineData("start", "stopping", 409)]
    [InlineData("metrics", "stopped", 409)]
    public async Task An_action_that_the_state_does_not_allow_is_a_conflict(string action, string status, int expected)
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Emulator.SetStatus(id, status);
        Answer answer = await rig.Send(action == "metrics" ? "GET" : "POST", "/v1/instances/" + id + "/" + action);
        Assert.Equal(expected, answer.Status);
        Assert.Contains(status, answer.Detail);
        Assert.Equal(status, rig.Emulator.Instances.Single(instance => instance.Id == id).Status);
    }

    [Fact]
    public async Task One_provider_of_the_seeded_fleet_cannot_stop()
    {
        using var rig = new Rig();
        Instance stubborn = rig.Emulator.Instances.Single(instance => instance.Provider == "lambda");
        Answer answer = await rig.Post("/v1/instances/" + stubborn.Id + "/stop");
        Assert.Equal(400, answer.Status);
        Assert.Contains("does not support", answer.Detail);
    }

    [Fact]
    public async Task A_terminated_instance_is_seen_for_an_hour_and_then_gone()
    {
        using var rig = new Rig();
        string id = rig.Running();
        string path = "/v1/instances/" + id;
        Assert.Equal("terminated", (string)(await rig.Send("DELETE", path)).Json["status"]!);
        Assert.Equal(404, (await rig.Send("DELETE", path)).Status);
        rig.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal("terminated", (string)(await rig.Get(path)).Json["status"]!);
        Assert.Contains(id, (await rig.Get("/v1/instances?status=terminated")).Ids);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(404, (await rig.Get(path)).Status);
        Assert.DoesNotContain(id, (await rig.Get("/v1/instances")).Ids);
    }

    [Fact]
    public async Task The_status_filter_is_honoured()
    {
        using var rig = new Rig();
        string[] expected = [.. rig.Emulator.Instances.Where(instance => instance.Status == "running").Select(instance => instance.Id)];
        Assert.Equal(5, expected.Length);
        Assert.Equal(expected, (await rig.Get("/v1/instances?status=running")).Ids);
        Assert.Empty((await rig.Get("/v1/instances?status=nonsense")).Ids);
        Assert.Equal(6, (await rig.Get("/v1/instances")).Ids.Length);
    }

    [Fact]
    public void A_state_set_by_hand_stays()
    {
        using var rig = new Rig();
        string id = rig.Running();
        rig.Emulator.SetStatus(id, "hibernating");
        rig.Emulator.Advance(TimeSpan.FromHours(2));
        Assert.Equal("hibernating", rig.Emulator.Instances.Single(instance => instance.Id == id).Status);
    }

    [Fact]
    public void An_added_instance_is_as_it_was_given()
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 0 });
        var given = new Instance
        {
            Id = "inst_mine", Status = "running", Gpu = "mi300x", GpuName = "AMD MI300X", Provider = "elsewhere", Region = "mars-1", Ip = "198.51.100.1",
            SshCommand = "ssh root@198.51.100.1", JupyterUrl = "https://example.invalid/", CostPerHour = 4.2m, Template = "rocm", Spot = true,
            StartedAt = Rig.Start.AddHours(-1), CreatedAt = Rig.Start.AddHours(-2),
        };
        Assert.Equal(Facts(given), Facts(rig.Emulator.AddInstance(given)));
        Assert.Equal(Facts(given), Facts(rig.Emulator.Instances.Single()));
        Assert.Throws<ArgumentException>(() => rig.Emulator.AddInstance(given));
    }

    [Fact]
    public async Task A_fast_clock_speeds_up_all_changes()
    {
        using var rig = new Rig(options: new EmulatorOptions { TimeScale = 60 });
        string path = "/v1/instances/" + (string)(await rig.Launch()).Json["id"]!;
        rig.Time.Advance(TimeSpan.FromMilliseconds(334));
        Assert.Equal("running", (string)(await rig.Get(path)).Json["status"]!);
        Assert.Equal(Rig.Start.AddMilliseconds(20_040), rig.Emulator.UtcNow);
    }

    [Fact]
    public void Time_advances_by_hand_and_never_back()
    {
        using var rig = new Rig(options: new EmulatorOptions { TimeScale = 0 });
        rig.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Rig.Start, rig.Emulator.UtcNow);
        rig.Emulator.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Rig.Start.AddHours(1), rig.Emulator.UtcNow);
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Emulator.Advance(TimeSpan.FromTicks(-1)));
    }

    private static object?[] Facts(Instance instance) =>
    [
        instance.Id, instance.Status, instance.Gpu, instance.GpuName, instance.Provider, instance.Region, instance.Ip, instance.SshCommand,
        instance.GetJupyterUrl(), instance.CostPerHour, instance.Template, instance.Spot, instance.StartedAt, instance.CreatedAt,
    ];
}
