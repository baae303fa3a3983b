using System;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using PulseRun.Client.Launch;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Tests the cost limits. In the emulator, an h100_80gb costs 2.10 an hour and an rtx_4090 0.40.</summary>
public sealed class FleetCostLimitTests : IDisposable
{
    private readonly LaunchRig _rig = new();

    private static LaunchRequest Cheap { get; } = new() { Gpu = "rtx_4090", Template = "pytorch" };

    [Theory]
    [InlineData(null)]
    [InlineData(EmulatorFaultKind.ServerErrorAfterEffect)]
    public async Task Hourly_Exceeded_IsTerminatedAtOnce_AdoptedOrNot(EmulatorFaultKind? fault)
    {
        if (fault is { } kind)
            _rig.Fault(kind);
        var error = await _rig.FailAsync(hourlyLimit: 2);
        var instance = _rig.Emulator.Instances.Single();
        Assert.Equal(ErrorIds.CostLimitExceeded, error.ErrorId);
        Assert.Contains(instance.Id + " was launched and terminated at once", error.Message);
        Assert.Contains("$2.10/h", error.Message);
        Assert.Contains("$2.00/h", error.Message);
        Assert.Equal(InstanceStatus.Terminated, instance.Status);
        Assert.Equal(1, _rig.Posts);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task Hourly_AtTheLimit_IsKept() => Assert.Equal(2.10m, (await _rig.LaunchAsync(hourlyLimit: 2.10m)).CostPerHour);

    [Fact]
    public async Task Hourly_WithoutAPrice_IsTerminated()
    {
        _rig.Fault(EmulatorFaultKind.MissingFields, "*", fault => fault.Names = ["cost_per_hour"]);
        Assert.Contains("names no price", (await _rig.FailAsync(hourlyLimit: 5)).Message);
        Assert.Equal(InstanceStatus.Terminated, _rig.Emulator.Instances.Single().Status);
    }

    /// <summary>Nothing is free: a price of 0 is a price that is not known yet, and said so.</summary>
    [Theory]
    [InlineData(5, null)]
    [InlineData(null, 5)]
    public async Task PriceOf0_IsKept_WithAWarning(int? hourlyLimit, int? fleetLimit)
    {
        string free = Samples.Instance("inst_free").Replace("a100_80gb", "h100_80gb").Replace("\"cost_per_hour\":0.95", "\"cost_per_hour\":0");
        using var rig = new LaunchRig(new Stub((request, _, _) => Task.FromResult(Stub.Json(request.Method == HttpMethod.Post ? free : "[]"))));
        Assert.Equal("inst_free", (await rig.LaunchAsync(hourlyLimit: hourlyLimit, fleetLimit: fleetLimit)).Id);
        Assert.Contains("names a price of 0 for instance inst_free, so the limit on its cost cannot be checked", Assert.Single(rig.Observer.Warnings));
        Assert.Empty(rig.Open);
    }

    [Fact]
    public async Task Hourly_TerminationFails_ThrowsThatItIsStillThere()
    {
        _rig.Fault(EmulatorFaultKind.ServerError, "DELETE", fault => fault.Status = 403);
        var error = await _rig.FailAsync(hourlyLimit: 1);
        Assert.Equal(ErrorIds.CostLimitExceeded, error.ErrorId);
        Assert.Contains(_rig.Emulator.Instances.Single().Id + " was launched and IS STILL THERE", error.Message);
    }

    [Fact]
    public async Task Fleet_KnownPrice_IsRefusedBeforeItIsSent()
    {
        await _rig.LaunchAsync();
        var error = await _rig.FailAsync(fleetLimit: 4);
        Assert.Equal(ErrorIds.CostLimitExceeded, error.ErrorId);
        Assert.Contains("Nothing was launched: the fleet costs $2.10/h, this launch adds about $2.10/h, and the limit for the fleet is $4.00/h", error.Message);
        Assert.Equal(1, _rig.Posts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fleet_UnknownPrice_IsTerminatedOnce_AndKnownFromThenOn(bool isJournaled)
    {
        _rig.Emulator.AddInstance(new Instance { Gpu = "rtx_4090", Spot = false });
        var journal = isJournaled ? _rig.Journal : new InMemoryJournal();
        using var launcher = _rig.Launcher(journal, fleetLimit: 2);
        var errors = await _rig.RunAsync(Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
            (await Assert.ThrowsAsync<PulseRunException>(() => launcher.LaunchAsync(LaunchRig.Request, null, _rig.Observer, default))).Message)));
        Assert.Equal(1, errors.Count(message => message.Contains("was launched and terminated at once: it adds $2.10/h", StringComparison.Ordinal)));
        Assert.Equal(3, errors.Count(message => message.StartsWith("Nothing was launched", StringComparison.Ordinal)));
        Assert.Equal(1, _rig.Posts);
        Assert.DoesNotContain(_rig.Emulator.Instances, one => one.Gpu == "h100_80gb" && InstanceStatus.IsBurning(one.Status));
    }

    [Fact]
    public async Task Fleet_ManyAtOnce_KeepsAsManyAsFit()
    {
        using var launcher = _rig.Launcher(fleetLimit: 1);
        int kept = (await _rig.RunAsync(Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            try
            {
                // A limit of a single instance does not replace the limit of the fleet.
                await launcher.LaunchAsync(Cheap, 5 + i, _rig.Observer, default);
                return 1;
            }
            catch (PulseRunException error) when (error.ErrorId == ErrorIds.CostLimitExceeded)
            {
                return 0;
            }
        })))).Sum();
        Assert.Equal(2, kept);
        Assert.Equal(2, _rig.Posts);
        Assert.Equal(1, _rig.Lists);
    }

    [Fact]
    public async Task Fleet_LaunchWithUnknownOutcome_Counts()
    {
        await _rig.LaunchAsync(Cheap);
        _rig.Fault(EmulatorFaultKind.ListCut, "GET", fault => fault.Skip = 1);
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect, with: fault => fault.Times = 1);
        using var launcher = _rig.Launcher(fleetLimit: 1);
        var unknown = await Assert.ThrowsAsync<PulseRunException>(() => _rig.RunAsync(launcher.LaunchAsync(Cheap, null, _rig.Observer, default)));
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, unknown.ErrorId);
        var refused = await Assert.ThrowsAsync<PulseRunException>(() => _rig.RunAsync(launcher.LaunchAsync(Cheap, null, _rig.Observer, default)));
        Assert.Contains("the fleet costs $0.80/h", refused.Message);
    }

    [Fact]
    public async Task Fleet_WithoutAPrice_IsTerminated()
    {
        _rig.Fault(EmulatorFaultKind.MissingFields, "*", fault => fault.Names = ["cost_per_hour"]);
        Assert.Contains("the server does not say what it adds", (await _rig.FailAsync(fleetLimit: 5)).Message);
        Assert.Equal(InstanceStatus.Terminated, _rig.Emulator.Instances.Single().Status);
    }

    [Fact]
    public async Task Fleet_InstanceThatCouldNotBeTerminated_StillCounts()
    {
        _rig.Fault(EmulatorFaultKind.ServerError, "DELETE", fault => fault.Status = 403);
        using var launcher = _rig.Launcher(fleetLimit: 2.2m);
        Assert.Contains("IS STILL THERE", (await Assert.ThrowsAsync<PulseRunException>(() => _rig.RunAsync(launcher.LaunchAsync(LaunchRig.Request, 1, _rig.Observer, default)))).Message);
        var refused = await Assert.ThrowsAsync<PulseRunException>(() => _rig.RunAsync(launcher.LaunchAsync(LaunchRig.Request, null, _rig.Observer, default)));
        Assert.Contains("the fleet costs $2.10/h", refused.Message);
        Assert.Equal(1, _rig.Posts);
    }

    public void Dispose() => _rig.Dispose();
}
