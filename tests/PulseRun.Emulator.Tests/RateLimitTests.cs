using System;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class RateLimitTests
{
    [Theory]
    [InlineData(TransportKind.InProcess)]
    [InlineData(TransportKind.Loopback)]
    public async Task The_61st_request_of_a_minute_is_refused_until_the_window_has_room(TransportKind transport)
    {
        using var rig = new Rig(transport);
        for (int i = 0; i < 60; i++)
        {
            Assert.Equal(200, (await rig.Get("/v1/billing/balance")).Status);
            rig.Time.Advance(TimeSpan.FromMilliseconds(500));
        }
        Answer refused = await rig.Get("/v1/billing/balance");
        Assert.Equal(429, refused.Status);
        Assert.Equal("30", refused.Header("Retry-After"));
        Assert.NotEmpty(refused.Detail);
        rig.Time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(429, (await rig.Get("/v1/billing/balance")).Status);
        rig.Time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(200, (await rig.Get("/v1/billing/balance")).Status);
        Assert.Equal(429, (await rig.Get("/v1/billing/balance")).Status);
    }

    [Theory]
    [InlineData(1, false, "60")]
    [InlineData(60, false, "1")]
    [InlineData(7, false, "9")]
    [InlineData(3600, false, "1")]
    [InlineData(0, false, "60")]
    [InlineData(1, true, "Sun, 01 Mar 2026 12:01:00 GMT")]
    [InlineData(60, true, "Sun, 01 Mar 2026 12:00:01 GMT")]
    public async Task Retry_after_is_in_the_clients_time(double scale, bool asDate, string expected)
    {
        using var rig = new Rig(options: new EmulatorOptions { RequestsPerMinute = 1, TimeScale = scale });
        rig.Emulator.RetryAfterAsDate = asDate;
        await rig.Get("/v1/instances");
        Assert.Equal(expected, (await rig.Get("/v1/instances")).Header("Retry-After"));
    }

    [Fact]
    public async Task A_refused_launch_launches_nothing()
    {
        using var rig = new Rig(options: new EmulatorOptions { RequestsPerMinute = 1 });
        await rig.Get("/v1/instances");
        Assert.Equal(429, (await rig.Launch()).Status);
        Assert.Equal(6, rig.Emulator.Instances.Count);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public async Task Without_a_limit_any_number_is_served(int? limit)
    {
        using var rig = new Rig(options: new EmulatorOptions { RequestsPerMinute = limit });
        for (int i = 0; i < 200; i++)
            await rig.Get("/v1/instances");
        Assert.All(rig.Emulator.Requests, request => Assert.Equal(200, request.Status));
        rig.Emulator.RequestsPerMinute = 1;
        await rig.Get("/v1/instances");
        Assert.Equal(429, (await rig.Get("/v1/instances")).Status);
        Assert.Equal(202, rig.Emulator.Requests.Count);
    }

    [Fact]
    public async Task Requests_without_the_key_do_not_count()
    {
        using var rig = new Rig(options: new EmulatorOptions { RequestsPerMinute = 1 });
        var key = rig.Http.DefaultRequestHeaders.Authorization;
        rig.Http.DefaultRequestHeaders.Authorization = null;
        Assert.Equal(401, (await rig.Get("/v1/instances")).Status);
        Assert.Equal(401, (await rig.Get("/v1/instances")).Status);
        rig.Http.DefaultRequestHeaders.Authorization = key;
        Assert.Equal(200, (await rig.Get("/v1/instances")).Status);
    }
}
