using System;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.RateLimit;

/// <summary>Tests how the values of Retry-After are applied and bounded.</summary>
public class RetryAfterLimitsTests
{
    [Theory]
    [InlineData("0.0001")]
    [InlineData("0")]
    [InlineData("Sun, 01 Mar 2020 12:00:00 GMT")]
    public async Task TinyWait_Repeated_IsRetriedSeldom(string header)
    {
        var stub = new Stub(() => Stub.Refusal(header));
        using var rig = new Rig(stub);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.RunClockAsync(rig.GetAsync(), TimeSpan.FromSeconds(1)));
        Assert.Equal(ErrorIds.RateLimited, error.ErrorId);
        // Within ten minutes: pauses of 0.5, 1, 2, 4, 8, 16, then 20 s each.
        Assert.InRange(stub.Count, 20, 40);
    }

    [Theory]
    [InlineData("601")]
    [InlineData("86400")]
    [InlineData("100000")]
    [InlineData("99999999999999999999")]
    [InlineData("Sun, 01 Mar 2099 12:00:00 GMT")]
    public async Task WaitBeyondMaxWait_FailsAtOnce(string header)
    {
        var stub = new Stub(() => Stub.Refusal(header));
        using var rig = new Rig(stub);
        // The clock does not advance, so nothing waits.
        var error = await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync().WaitBoundedAsync());
        Assert.Equal(ErrorIds.RateLimited, error.ErrorId);
        Assert.Equal(429, error.StatusCode);
        Assert.Equal(1, stub.Count);
        // The other requests are not sent, because the server has specified the wait.
        await Assert.ThrowsAsync<PulseRunException>(() => rig.StopAsync().WaitBoundedAsync());
        Assert.Equal(1, stub.Count);
    }

    [Fact]
    public async Task AbsurdWait_EndsForOthersAfterAnHour()
    {
        var stub = new Stub((_, index, _) => Task.FromResult(index == 0 ? Stub.Refusal("100000") : Stub.Json(Samples.Instance())));
        using var rig = new Rig(stub);
        await Assert.ThrowsAsync<PulseRunException>(() => rig.GetAsync().WaitBoundedAsync());
        rig.Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal("inst_1", (await rig.GetAsync().WaitBoundedAsync()).Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-7)]
    public async Task Pace_NotPositive_IsIgnored(int requestsPerMinute)
    {
        using var rig = new Rig(new Stub(() => Stub.Json(Samples.Instance())), configure: options => options.RequestsPerMinute = requestsPerMinute);
        Assert.Equal("inst_1", (await rig.GetAsync().WaitBoundedAsync()).Id);
    }

    [Theory]
    [InlineData(5_000_000L)]
    [InlineData(900_000_000_000L)]
    public async Task TimeLimit_BeyondTheMaximumOfTimers_Works(long seconds)
    {
        using var rig = new Rig(new Stub(() => Stub.Json(Samples.Instance())), configure: options =>
        {
            options.Timeout = TimeSpan.FromSeconds(seconds);
            options.MaxWait = TimeSpan.FromSeconds(seconds);
        });
        Assert.Equal("inst_1", (await rig.GetAsync().WaitBoundedAsync()).Id);
    }
}
