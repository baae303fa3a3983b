using System;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using Xunit;

namespace PulseRun.Client.Tests.Launching;

/// <summary>What a launch comes to when its answer does not tell.</summary>
public sealed class DoubtTests : IDisposable
{
    private readonly LaunchRig _rig = new();

    [Theory]
    [InlineData(EmulatorFaultKind.ServerErrorAfterEffect)]
    [InlineData(EmulatorFaultKind.HtmlError)]
    [InlineData(EmulatorFaultKind.NestedError)]
    [InlineData(EmulatorFaultKind.CutBeforeAnswer)]
    [InlineData(EmulatorFaultKind.HalfAnswer)]
    [InlineData(EmulatorFaultKind.EmptyAnswer)]
    [InlineData(EmulatorFaultKind.NotJson)]
    [InlineData(EmulatorFaultKind.DeepNesting)]
    [InlineData(EmulatorFaultKind.StalledBody)]
    [InlineData(EmulatorFaultKind.Hang)]
    [InlineData(EmulatorFaultKind.Delay)]
    public async Task AfterTheEffect_IsAdopted(EmulatorFaultKind kind)
    {
        _rig.ServerTakesTime = kind is EmulatorFaultKind.Hang or EmulatorFaultKind.Delay;
        _rig.Fault(kind, with: fault =>
        {
            fault.AfterEffect = true;
            fault.Duration = TimeSpan.FromSeconds(90);
        });
        var instance = await _rig.LaunchAsync();
        Assert.Equal(Assert.Single(_rig.Emulator.Instances).Id, instance.Id);
        Assert.NotNull(instance.CostPerHour);
        Assert.Contains("adopted " + instance.Id, Assert.Single(_rig.Observer.Warnings));
        Assert.Equal(1, _rig.Posts);
        Assert.Equal(1, _rig.Lists);
        Assert.Empty(_rig.Open);
        Assert.Contains(instance.Id, _rig.Journal.Look(_rig.Context.Account).Claimed);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ServerError, ErrorIds.ServerError)]
    [InlineData(EmulatorFaultKind.HtmlError, ErrorIds.ServerError)]
    [InlineData(EmulatorFaultKind.CutBeforeAnswer, ErrorIds.ConnectionFailed)]
    [InlineData(EmulatorFaultKind.Hang, ErrorIds.RequestTimeout)]
    [InlineData(EmulatorFaultKind.RedirectTo, ErrorIds.MalformedResponse)]
    public async Task BeforeTheEffect_IsSaidToBeSafe(EmulatorFaultKind kind, string errorId)
    {
        _rig.ServerTakesTime = kind == EmulatorFaultKind.Hang;
        _rig.Fault(kind, with: fault => fault.Url = new Uri("https://elsewhere.test/"));
        var error = await _rig.FailAsync();
        Assert.Equal(errorId, error.ErrorId);
        Assert.EndsWith("It was not launched; it is safe to launch again.", error.Message, StringComparison.Ordinal);
        Assert.Empty(_rig.Emulator.Instances);
        Assert.Equal(1, _rig.Posts);
        Assert.Equal(3, _rig.Lists);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task Intent_IsTheIdempotencyKey()
    {
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect);
        _rig.Fault(EmulatorFaultKind.ListCut, "GET");
        await _rig.FailAsync();
        Assert.Equal(Assert.Single(_rig.Open).IntentId.ToString("D"), _rig.Emulator.Requests.Single(request => request.Method == "POST").IdempotencyKey);
    }

    [Fact]
    public async Task ListThatLags_IsWaitedFor()
    {
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect);
        _rig.Fault(EmulatorFaultKind.ListLag, "GET", fault => fault.Duration = TimeSpan.FromSeconds(3));
        var instance = await _rig.LaunchAsync();
        Assert.Equal(_rig.Emulator.Instances.Single().Id, instance.Id);
        Assert.Equal(3, _rig.Lists);
    }

    [Fact]
    public async Task AlreadyTerminated_IsAdoptedAllTheSame()
    {
        using var rig = new LaunchRig();
        rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect);
        rig.Emulator.ProvisioningTime = TimeSpan.Zero;
        rig.Fault(EmulatorFaultKind.ListLag, "GET", fault => fault.Duration = TimeSpan.FromSeconds(3));
        var launch = rig.LaunchAsync();
        while (rig.Emulator.Instances.Count == 0)
            await Task.Delay(1);
        rig.Emulator.SetStatus(rig.Emulator.Instances[0].Id, InstanceStatus.Terminated);
        Assert.Equal(InstanceStatus.Terminated, (await launch).Status);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ListCut)]
    [InlineData(EmulatorFaultKind.ServerError)]
    public async Task ListThatNeverComesWhole_LeavesItOpen_AndNamesWhatMayBeIt(EmulatorFaultKind onList)
    {
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect, with: fault => fault.Times = 1);
        _rig.Fault(onList, "GET", fault => fault.Status = onList == EmulatorFaultKind.ServerError ? 501 : null);
        var error = await _rig.FailAsync();
        string id = _rig.Emulator.Instances.Single().Id;
        var open = Assert.Single(_rig.Open);
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Contains("Resolve-PRLaunch " + open.IntentId, error.Message);
        Assert.Equal(onList == EmulatorFaultKind.ListCut, error.Message.Contains("It may be " + id, StringComparison.Ordinal));
        Assert.Equal(3, _rig.Lists);
        Assert.Equal(Contracts.OwnerState.Released, open.OwnerState);

        _rig.Emulator.ClearFaults();
        Assert.Equal(id, (await _rig.ResolveAsync(open.IntentId)).InstanceId);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task SomebodyElsesEqualLaunch_LeavesItOpen()
    {
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect, with: fault => fault.Times = 1);
        _rig.Fault(EmulatorFaultKind.ListLag, "GET", fault => fault.Duration = TimeSpan.FromSeconds(1));
        var launch = _rig.LaunchAsync();
        while (_rig.Emulator.Instances.Count == 0)
            await Task.Delay(1);
        var first = _rig.Emulator.Instances[0];
        _rig.Emulator.AddInstance(new Instance { Id = "inst_other", Gpu = first.Gpu, Template = first.Template, Provider = first.Provider, Region = first.Region, Spot = false, CreatedAt = first.CreatedAt });
        var error = await Assert.ThrowsAsync<PulseRunException>(() => launch);
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Contains(first.Id, error.Message);
        Assert.Contains("inst_other", error.Message);
    }

    [Fact]
    public async Task CancelledBeforeItIsSent_IsClosed()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rig.LaunchAsync(cancel: new CancellationToken(true)));
        Assert.Equal(0, _rig.Posts);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task CancelledOnItsWay_IsOpen_AndFreeForAnybody()
    {
        _rig.Fault(EmulatorFaultKind.Hang, with: fault => fault.AfterEffect = true);
        using var stop = new CancellationTokenSource();
        var launch = _rig.LaunchAsync(cancel: stop.Token);
        while (_rig.Emulator.Instances.Count == 0)
            await Task.Delay(1);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launch);
        var open = Assert.Single(_rig.Open);
        Assert.Equal(Contracts.OwnerState.Released, open.OwnerState);
        Assert.NotNull(open.SentAt);

        _rig.Emulator.ClearFaults();
        Assert.Equal(_rig.Emulator.Instances.Single().Id, (await _rig.ResolveAsync(open.IntentId)).InstanceId);
    }

    [Fact]
    public async Task CancelledWhileItIsLookedFor_IsOpen_AndFreeForAnybody()
    {
        _rig.Fault(EmulatorFaultKind.ServerError);
        using var stop = new CancellationTokenSource();
        var launch = _rig.LaunchAsync(cancel: stop.Token);
        while (_rig.Lists == 0)
            await Task.Delay(1);
        Assert.Equal(Contracts.OwnerState.Alive, Assert.Single(_rig.Open).OwnerState);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launch);
        Assert.Equal(Contracts.OwnerState.Released, Assert.Single(_rig.Open).OwnerState);
    }

    [Fact]
    public async Task Refusal_IsClosed_AndNotLookedFor()
    {
        _rig.Fault(EmulatorFaultKind.NoCapacity);
        Assert.Equal(ErrorIds.CapacityUnavailable, (await _rig.FailAsync()).ErrorId);
        _rig.Emulator.ClearFaults();
        _rig.Emulator.SetBalance(0);
        Assert.Equal(ErrorIds.InsufficientBalance, (await _rig.FailAsync()).ErrorId);
        Assert.Equal(0, _rig.Lists);
        Assert.Empty(_rig.Open);
    }

    /// <summary>A handler of somebody's own may throw anything once the request is on its way.</summary>
    [Fact]
    public async Task UnheardOfFailure_IsADoubtToo()
    {
        using var rig = new LaunchRig(new Stub((request, _, _) => request.Method == HttpMethod.Post
            ? throw new NotSupportedException("odd")
            : Task.FromResult(Stub.Json("[" + Samples.Instance("inst_7").Replace("a100_80gb", "h100_80gb") + "]"))));
        Assert.Equal("inst_7", (await rig.LaunchAsync()).Id);
    }

    [Fact]
    public async Task AnswerWithAnInstanceThatAnEqualLaunchHasClaimed_TakesItsOwn()
    {
        string mine = Samples.Instance("inst_a").Replace("a100_80gb", "h100_80gb");
        using var rig = new LaunchRig(new Stub((request, _, _) => Task.FromResult(Stub.Json(request.Method == HttpMethod.Post
            ? mine
            : "[" + mine + "," + mine.Replace("inst_a", "inst_b") + "]"))));
        Assert.True(rig.Journal.TryClaim(rig.Left(), "inst_a"));
        Assert.Equal("inst_b", (await rig.LaunchAsync()).Id);
    }

    [Fact]
    public async Task AnswerWithAClaimedInstance_AndNothingElseThere_IsNoLaunch()
    {
        string mine = Samples.Instance("inst_a").Replace("a100_80gb", "h100_80gb");
        using var rig = new LaunchRig(new Stub((request, _, _) => Task.FromResult(Stub.Json(request.Method == HttpMethod.Post ? mine : "[" + mine + "]"))));
        Assert.True(rig.Journal.TryClaim(rig.Left(), "inst_a"));
        var error = await rig.FailAsync();
        Assert.Equal(ErrorIds.Conflict, error.ErrorId);
        Assert.Contains("inst_a is claimed by another launch", error.Message);
    }

    public void Dispose() => _rig.Dispose();
}
