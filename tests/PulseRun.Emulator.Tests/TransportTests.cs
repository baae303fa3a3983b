using System;
using System.IO;
using System.Net.Http;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class TransportTests
{
    [Fact]
    public async Task Both_entry_points_serve_one_emulator()
    {
        using var rig = new Rig(TransportKind.Loopback);
        using var inside = new HttpClient(rig.Emulator.Control.CreateHandler()) { BaseAddress = rig.Emulator.BaseUri };
        inside.DefaultRequestHeaders.Authorization = rig.Http.DefaultRequestHeaders.Authorization;
        string id = (string)(await rig.Launch()).Json["id"]!;
        Answer seen = await Answer.ReadAsync(await inside.GetAsync("/v1/instances/" + id));
        Assert.Equal(200, seen.Status);
        Assert.Equal(2, rig.Emulator.Requests.Count);
    }

    [Fact]
    public void The_loopback_server_listens_on_loopback_and_starts_once()
    {
        using var rig = new Rig(TransportKind.Loopback);
        Assert.Equal("http://127.0.0.1:" + rig.Emulator.Port + "/", rig.Emulator.BaseUri.AbsoluteUri);
        Assert.NotEqual(0, rig.Emulator.Port);
        Assert.Throws<InvalidOperationException>(() => rig.Emulator.Control.Open(0));
        using var second = EmulatorFactory.Create(new EmulatorOptions());
        Assert.Throws<IOException>(() => second.Open(rig.Emulator.Port));
    }

    [Fact]
    public void Without_a_loopback_server_the_address_does_not_resolve()
    {
        using var rig = new Rig();
        Assert.Equal("https://emulator.pulserun.invalid/", rig.Emulator.BaseUri.AbsoluteUri);
        Assert.Equal(0, rig.Emulator.Port);
        Assert.Matches("^pr_test_emulator_[0-9a-z]{12}$", rig.Emulator.ApiKey);
    }

    [Fact]
    public async Task Closing_ends_what_hangs_and_can_be_repeated()
    {
        using var rig = new Rig(TransportKind.Loopback);
        rig.Fault(EmulatorFaultKind.Hang);
        Task<Answer> hanging = rig.Get("/v1/instances");
        while (rig.Emulator.Requests.Count == 0)
            await Task.Yield();
        rig.Emulator.Control.Close();
        rig.Emulator.Control.Close();
        await Assert.ThrowsAsync<HttpRequestException>(() => hanging);
        await Assert.ThrowsAsync<HttpRequestException>(() => rig.Get("/v1/instances"));
    }

    [Fact]
    public async Task A_given_key_is_the_only_one()
    {
        using var rig = new Rig(options: new EmulatorOptions { ApiKey = "pr_test_mine" });
        Assert.Equal("pr_test_mine", rig.Emulator.ApiKey);
        Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
    }

    [Fact]
    public async Task Many_clients_at_once_are_all_served_and_nothing_is_lost()
    {
        using var rig = new Rig(TransportKind.Loopback, new EmulatorOptions { RequestsPerMinute = null, Instances = 0 });
        var launches = new Task<Answer>[200];
        for (int i = 0; i < launches.Length; i++)
            launches[i] = rig.Launch("rtx_4090");
        Assert.All(await Task.WhenAll(launches), answer => Assert.Equal(201, answer.Status));
        Assert.Equal(200, rig.Emulator.Instances.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_clock_has_a_speed(double scale) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => EmulatorFactory.Create(new EmulatorOptions { TimeScale = scale }));
}
