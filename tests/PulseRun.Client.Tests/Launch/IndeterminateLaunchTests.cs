using System;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using PulseRun.Store;
using PulseRun.Store.Sqlite;
using Xunit;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Tests launches whose answer does not show the outcome.</summary>
public sealed class IndeterminateLaunchTests : IDisposable
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
    public async Task AfterTheEffect_IsAdopted(EmulatorFaultKind kind)
    {
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
        Assert.InRange(_rig.Lists, 1, 2);
        Assert.Empty(_rig.Open);
        Assert.Contains(instance.Id, _rig.Journal.Look(_rig.Context.Account).Claimed);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.StalledBody)]
    [InlineData(EmulatorFaultKind.Hang)]
    [InlineData(EmulatorFaultKind.Delay)]
    public async Task AfterALongSilence_InAnAccountThatMayBeShared_IsUnknownAndNamed(EmulatorFaultKind kind)
    {
        _rig.ServerTakesTime = kind is EmulatorFaultKind.Hang or EmulatorFaultKind.Delay;
        _rig.Fault(kind, with: fault =>
        {
            fault.AfterEffect = true;
            fault.Duration = TimeSpan.FromSeconds(90);
        });
        var error = await _rig.FailAsync();
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Contains(Assert.Single(_rig.Emulator.Instances).Id, error.Message, StringComparison.Ordinal);
        Assert.Equal(1, _rig.Posts);
        Assert.Single(_rig.Open);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ServerError, ErrorIds.ServerError)]
    [InlineData(EmulatorFaultKind.HtmlError, ErrorIds.ServerError)]
    [InlineData(EmulatorFaultKind.Hang, ErrorIds.RequestTimeout)]
    [InlineData(EmulatorFaultKind.RedirectTo, ErrorIds.MalformedResponse)]
    public async Task BeforeTheEffect_IsReportedAsSafeToLaunchAgain(EmulatorFaultKind kind, string errorId)
    {
        _rig.ServerTakesTime = kind == EmulatorFaultKind.Hang;
        _rig.Fault(kind, with: fault => fault.Url = new Uri("https://elsewhere.test/"));
        var error = await _rig.FailAsync();
        Assert.Equal(errorId, error.ErrorId);
        Assert.EndsWith("It was not launched; it is safe to launch again.", error.Message, StringComparison.Ordinal);
        Assert.Empty(_rig.Emulator.Instances);
        Assert.Equal(1, _rig.Posts);
        Assert.Equal(1, _rig.Lists);
        Assert.Empty(_rig.Open);
    }

    /// <summary>The server may continue after the connection is closed, for as long as the request timeout, so a shorter settle time proves nothing.</summary>
    [Theory]
    [InlineData(4, ErrorIds.LaunchOutcomeUnknown, 4)]
    [InlineData(60, ErrorIds.ConnectionFailed, 120)]
    public async Task Cut_IsNotLaunched_OnlyWhenTheServerCannotStillWorkOnIt(int settle, string errorId, int after)
    {
        _rig.Fault(EmulatorFaultKind.CutBeforeAnswer);
        using var launcher = _rig.Launcher(settle: TimeSpan.FromSeconds(settle));
        var begun = _rig.Time.GetUtcNow();
        var error = await Assert.ThrowsAsync<PulseRunException>(() => _rig.RunAsync(launcher.LaunchAsync(LaunchRig.Request, null, _rig.Observer, default)));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Equal(errorId == ErrorIds.LaunchOutcomeUnknown, error.Message.Contains("request timeout (60 s), which is longer than -SettleSec", StringComparison.Ordinal));
        Assert.Equal(errorId == ErrorIds.ConnectionFailed, error.Message.Contains("safe to launch again", StringComparison.Ordinal));
        Assert.InRange((_rig.Time.GetUtcNow() - begun).TotalSeconds, after, after + 2);
        Assert.InRange(_rig.Lists, 1, 3);
    }

    /// <summary>The process is killed 0.3 s after it sent the request, and the server completes the launch later. Long after, another launcher may have made the instance, unless the account is known to be used from here alone.</summary>
    [Theory]
    [InlineData(5, false, LaunchOutcome.Launched)]
    [InlineData(25, false, LaunchOutcome.Unknown)]
    [InlineData(25, true, LaunchOutcome.Launched)]
    public async Task LaunchOfADeadOwner_IsWaitedForAsLongAsItsServerMayWork(int after, bool isAlone, LaunchOutcome outcome)
    {
        if (isAlone)
        {
            Assert.True(_rig.Journal.Close(_rig.Left(), PulseRun.Core.Launch.LaunchClosing.Launched("inst_before", "test", _rig.Time.GetUtcNow())));
            _rig.Time.Advance(TimeSpan.FromHours(1));
        }
        var begun = _rig.Time.GetUtcNow();
        var intent = _rig.Left(isAnswered: false);
        var resolving = _rig.ResolveAsync(intent);
        while (_rig.Time.GetUtcNow() < begun.AddSeconds(after))
            await Task.Delay(1);
        var late = _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = begun.AddSeconds(after) });
        var launch = await resolving;
        Assert.Equal(outcome, launch.Outcome);
        Assert.Equal(late.Id, Assert.Single(launch.Candidates).Id);
        Assert.Equal(outcome == LaunchOutcome.Launched ? late.Id : null, launch.InstanceId);
        Assert.InRange((_rig.Time.GetUtcNow() - begun).TotalSeconds, 64, 66);
        Assert.Equal(1, _rig.Lists);
    }

    /// <summary>The store is shared with another host, whose processes cannot be seen from here.</summary>
    [Fact]
    public async Task LaunchOfAnotherHost_IsLeftAloneAsLongAsItMayLast()
    {
        _rig.Left(isAnswered: false);
        SetOwner("elsewhere|1|boot:1");
        using var launcher = _rig.Launcher();
        var left = Assert.Single(launcher.Left().ToResolve);
        Assert.Equal(PulseRun.Core.Launch.OwnerState.Elsewhere, left.OwnerState);
        var its = _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = _rig.Time.GetUtcNow() });
        var begun = _rig.Time.GetUtcNow();
        var found = (await _rig.RunAsync(launcher.ResolveAsync([left], _rig.Observer, default)))[0];
        Assert.Equal((LaunchOutcome.Launched, its.Id), (found.Outcome, found.InstanceId));
        Assert.InRange((_rig.Time.GetUtcNow() - begun).TotalSeconds, 64, 66);
    }

    /// <summary>It may be about to write it; when it never does, another host names it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void InstanceOfAnotherHost_IsNamedWhenItsCommandMustBeOver(bool isOfThisBoot)
    {
        var intent = _rig.Left(isAnswered: false);
        Assert.True(_rig.Journal.Close(intent, PulseRun.Core.Launch.LaunchClosing.Launched("inst_1", "test", _rig.Time.GetUtcNow())));
        SetOwner("elsewhere|1|boot:1", isOfThisBoot ? "" : ", boot = 'another'");
        using var launcher = _rig.Launcher();
        Assert.Empty(launcher.Left().Untold);
        _rig.Time.Advance(TimeSpan.FromSeconds(60));
        Assert.Empty(launcher.Left().Untold);
        _rig.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("inst_1", Assert.Single(launcher.Left().Untold).InstanceId);
    }

    /// <summary>The connection is cut, so the server may still work on the launch for as long as the request timeout. The only instance that fits is adopted when it is still the only one then.</summary>
    [Fact]
    public async Task CutWithAFittingInstance_IsAdopted_WhenTheServerMustBeDone()
    {
        _rig.Fault(EmulatorFaultKind.CutBeforeAnswer, with: fault => fault.AfterEffect = true);
        var begun = _rig.Time.GetUtcNow();
        Assert.Equal((await _rig.LaunchAsync()).Id, _rig.Emulator.Instances.Single().Id);
        Assert.InRange((_rig.Time.GetUtcNow() - begun).TotalSeconds, 64, 66);
        Assert.Equal(2, _rig.Lists);
    }

    /// <summary>An equal instance of elsewhere is listed at once, and this launch's own comes later, as its server goes on after the connection is cut.</summary>
    [Fact]
    public async Task CutWhoseOwnInstanceComesLater_TakesNoOther_AndNamesBoth()
    {
        _rig.Fault(EmulatorFaultKind.CutBeforeAnswer, with: fault => fault.Times = 1);
        var other = _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = _rig.Time.GetUtcNow() });
        var launch = _rig.LaunchAsync();
        while (_rig.Time.GetUtcNow() < new DateTimeOffset(2026, 3, 1, 12, 0, 25, TimeSpan.Zero) && !launch.IsCompleted)
            await Task.Delay(1);
        Assert.False(launch.IsCompleted);
        var own = _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = _rig.Time.GetUtcNow() });
        var error = await Assert.ThrowsAsync<PulseRunException>(() => launch);
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Contains(other.Id, error.Message);
        Assert.Contains(own.Id, error.Message);
    }

    /// <summary>A second host launches such instances in this account. What appears after a lost answer may be another of them.</summary>
    [Fact]
    public async Task AfterAnEqualLaunchFromElsewhere_NothingIsAdopted_AndTheCandidateIsNamed()
    {
        _rig.Emulator.AddInstance(new Instance { Id = "inst_other", Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = _rig.Time.GetUtcNow().AddHours(-1) });
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect, with: fault => fault.Times = 1);
        var error = await _rig.FailAsync();
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Contains("also launched from elsewhere in this account (inst_other)", error.Message);
        Assert.Contains("It may be " + _rig.Emulator.Instances.Single(one => one.Id != "inst_other").Id + ".", error.Message);

        // A launch of this store is no such evidence: the person closes the first, and the next is adopted.
        _rig.Journal.Close(Assert.Single(_rig.Open).IntentId, PulseRun.Core.Launch.LaunchClosing.Launched(_rig.Emulator.Instances.Single(one => one.Id != "inst_other").Id, "by hand", _rig.Time.GetUtcNow()));
        _rig.Time.Advance(TimeSpan.FromHours(2));
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect, with: fault => fault.Times = 1);
        var known = _rig.Emulator.Instances.Select(one => one.Id).ToList();
        Assert.DoesNotContain((await _rig.LaunchAsync()).Id, known);
    }

    /// <summary>The store fails after this process has taken the instance for the launch: that is no reason to deny it later.</summary>
    [Fact]
    public async Task ClaimThatFailed_DoesNotHideTheInstance()
    {
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect, with: fault => fault.Times = 1);
        var error = await _rig.FailAsync(journal: BrokenJournal.In(_rig.Journal, nameof(PulseRun.Core.Launch.ILaunchJournal.TryClaim)));
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        var found = await _rig.ResolveAsync(Assert.Single(_rig.Open).IntentId);
        Assert.Equal((LaunchOutcome.Launched, _rig.Emulator.Instances.Single().Id), (found.Outcome, found.InstanceId));
    }

    [Theory]
    [InlineData("pytorch-2.4", "h100_80gb", false, 0)]
    [InlineData("pytorch", "h100-80gb", false, 0)]
    [InlineData("pytorch", "h100_80gb", true, 0)]
    [InlineData("pytorch", "h100_80gb", false, -5)]
    [InlineData("pytorch", "h100_80gb", false, 800)]
    public async Task InstanceListedWithOtherProperties_IsNeitherAdoptedNorNotLaunched(string template, string gpu, bool spot, int createdAfter)
    {
        _rig.Fault(EmulatorFaultKind.ServerError);
        var listed = _rig.Emulator.AddInstance(new Instance { Gpu = gpu, Template = template, Spot = spot, CreatedAt = _rig.Time.GetUtcNow().AddSeconds(createdAfter) });
        var error = await _rig.FailAsync();
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Contains("It may be " + listed.Id, error.Message);
    }

    /// <summary>The client's clock is set back while the launch is under way.</summary>
    [Theory]
    [InlineData(-2)]
    [InlineData(-30)]
    [InlineData(-7200)]
    [InlineData(7200)]
    public async Task WallClockChange_HasNoEffect(int seconds)
    {
        LaunchRig? rig = null;
        string instance = Samples.Instance("inst_a").Replace("a100_80gb", "h100_80gb");
        using (rig = new LaunchRig(new Stub((request, _, _) =>
        {
            if (request.Method != HttpMethod.Post)
                return Task.FromResult(Stub.Json("[" + instance + "]"));
            rig!.WallClockIsOff = TimeSpan.FromSeconds(seconds);
            return Task.FromResult(Stub.Json("{}", 500));
        })))
            Assert.Equal("inst_a", (await rig.LaunchAsync()).Id);
    }

    [Fact]
    public async Task ServerWithoutDateHeader_IsNeverCertain()
    {
        _rig.ServerTellsTheTime = false;
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect, with: fault => fault.Times = 1);
        var error = await _rig.FailAsync();
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Contains("It may be " + _rig.Emulator.Instances.Single().Id, error.Message);
    }

    [Fact]
    public async Task InstanceSeenBefore_IsNotMatched()
    {
        _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = _rig.Time.GetUtcNow() });
        await _rig.RunAsync(_rig.Client.ListAsync(null, static _ => { }, _rig.Observer, default));
        _rig.Fault(EmulatorFaultKind.ServerError);
        Assert.Contains("It was not launched", (await _rig.FailAsync()).Message);
    }

    /// <summary>A launch was closed as NotLaunched, but its instance appears; the next look finds it.</summary>
    [Fact]
    public async Task NotLaunched_GetsASecondLook()
    {
        _rig.Fault(EmulatorFaultKind.ServerError);
        await _rig.FailAsync();
        _rig.Emulator.ClearFaults();
        using var launcher = _rig.Launcher();
        var again = Assert.Single(launcher.Left().ToLookAtAgain);
        var late = _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = again.SentAt });
        var found = (await _rig.RunAsync(launcher.ResolveAsync([again], _rig.Observer, default)))[0];
        Assert.Equal((LaunchOutcome.Launched, late.Id), (found.Outcome, found.InstanceId));
        Assert.Empty(launcher.Left().ToLookAtAgain);
        Assert.Equal(late.Id, Assert.Single(launcher.Left().Untold).InstanceId);
    }

    [Fact]
    public async Task NotLaunched_AfterTheSecondLook_IsFinal()
    {
        _rig.Fault(EmulatorFaultKind.ServerError);
        await _rig.FailAsync();
        _rig.Emulator.ClearFaults();
        using var launcher = _rig.Launcher();
        Assert.Equal(LaunchOutcome.NotLaunched, (await _rig.RunAsync(launcher.ResolveAsync(launcher.Left().ToLookAtAgain, _rig.Observer, default)))[0].Outcome);
        Assert.Empty(launcher.Left().ToLookAtAgain);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task NotLaunched_GetsNoSecondLook_AfterAQuarterOfAnHour()
    {
        _rig.Fault(EmulatorFaultKind.ServerError);
        await _rig.FailAsync();
        _rig.Time.Advance(TimeSpan.FromMinutes(17));
        using var launcher = _rig.Launcher();
        Assert.Empty(launcher.Left().ToLookAtAgain);
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
        Assert.InRange(_rig.Lists, 1, 3);
    }

    [Fact]
    public async Task AlreadyTerminated_IsNotAdopted()
    {
        using var rig = new LaunchRig();
        rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect);
        rig.Emulator.ProvisioningTime = TimeSpan.Zero;
        rig.Fault(EmulatorFaultKind.ListLag, "GET", fault => fault.Duration = TimeSpan.FromSeconds(3));
        var launch = rig.LaunchAsync();
        while (rig.Emulator.Instances.Count == 0)
            await Task.Delay(1);
        rig.Emulator.SetStatus(rig.Emulator.Instances[0].Id, InstanceStatus.Terminated);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => launch);
        Assert.Equal(ErrorIds.ServerError, error.ErrorId);
        Assert.Contains(rig.Emulator.Instances[0].Id + " is terminated already, so nothing is left of it", error.Message);
        Assert.Empty(rig.Open);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ListCut)]
    [InlineData(EmulatorFaultKind.ServerError)]
    public async Task ListThatIsAlwaysTruncated_LeavesItOpen_AndNamesCandidates(EmulatorFaultKind onList)
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
        Assert.Equal(PulseRun.Core.Launch.OwnerState.Released, open.OwnerState);

        _rig.Emulator.ClearFaults();
        Assert.Equal(id, (await _rig.ResolveAsync(open.IntentId)).InstanceId);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task EqualLaunchOfAnotherCustomer_LeavesItOpen()
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
    public async Task CancelledAfterSending_StaysOpen_WithoutAnOwner()
    {
        _rig.Fault(EmulatorFaultKind.Hang, with: fault => fault.AfterEffect = true);
        using var stop = new CancellationTokenSource();
        var launch = _rig.LaunchAsync(cancel: stop.Token);
        while (_rig.Emulator.Instances.Count == 0)
            await Task.Delay(1);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launch);
        var open = Assert.Single(_rig.Open);
        Assert.Equal(PulseRun.Core.Launch.OwnerState.Released, open.OwnerState);
        Assert.NotNull(open.SentAt);

        _rig.Emulator.ClearFaults();
        Assert.Equal(_rig.Emulator.Instances.Single().Id, (await _rig.ResolveAsync(open.IntentId)).InstanceId);
    }

    /// <summary>A server that keeps a person waiting for long is in trouble, as one that keeps a command waiting until its timeout.</summary>
    [Theory]
    [InlineData(5, LaunchOutcome.Launched)]
    [InlineData(20, LaunchOutcome.Unknown)]
    public async Task CancelledAfterALongSilence_InAnAccountThatMayBeShared_IsUnknownAndNamed(int after, LaunchOutcome outcome)
    {
        _rig.ServerTakesTime = true;
        _rig.Fault(EmulatorFaultKind.Hang, with: fault => fault.AfterEffect = true);
        using var stop = new CancellationTokenSource();
        using var timer = _rig.Time.CreateTimer(_ => stop.Cancel(), null, TimeSpan.FromSeconds(after), Timeout.InfiniteTimeSpan);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rig.LaunchAsync(cancel: stop.Token));
        _rig.Emulator.ClearFaults();
        var launch = await _rig.ResolveAsync(Assert.Single(_rig.Open).IntentId);
        Assert.Equal(outcome, launch.Outcome);
        Assert.Equal(_rig.Emulator.Instances.Single().Id, Assert.Single(launch.Candidates).Id);
    }

    [Fact]
    public async Task CancelledWhileLooking_StaysOpen_WithoutAnOwner()
    {
        _rig.Fault(EmulatorFaultKind.ServerError);
        using var stop = new CancellationTokenSource();
        var launch = _rig.LaunchAsync(cancel: stop.Token);
        while (_rig.Posts == 0 && !launch.IsCompleted)
            await Task.Delay(1);
        Assert.Equal(PulseRun.Core.Launch.OwnerState.Alive, Assert.Single(_rig.Open).OwnerState);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => launch);
        Assert.Equal(PulseRun.Core.Launch.OwnerState.Released, Assert.Single(_rig.Open).OwnerState);
    }

    [Fact]
    public async Task Rejection_IsClosed_AndNotLookedFor()
    {
        _rig.Fault(EmulatorFaultKind.NoCapacity);
        Assert.Equal(ErrorIds.CapacityUnavailable, (await _rig.FailAsync()).ErrorId);
        _rig.Emulator.ClearFaults();
        _rig.Emulator.SetBalance(0);
        Assert.Equal(ErrorIds.InsufficientBalance, (await _rig.FailAsync()).ErrorId);
        Assert.Equal(0, _rig.Lists);
        Assert.Empty(_rig.Open);
    }

    /// <summary>A user-supplied handler may throw any exception once the request is under way.</summary>
    [Fact]
    public async Task UnexpectedException_HasAnUnknownOutcome()
    {
        using var rig = new LaunchRig(new Stub((request, _, _) => request.Method == HttpMethod.Post
            ? throw new NotSupportedException("odd")
            : Task.FromResult(Stub.Json("[" + Samples.Instance("inst_7").Replace("a100_80gb", "h100_80gb") + "]"))));
        Assert.Equal("inst_7", (await rig.LaunchAsync()).Id);
    }

    [Fact]
    public async Task AnswerWithAClaimedInstance_FindsAnother()
    {
        string mine = Samples.Instance("inst_a").Replace("a100_80gb", "h100_80gb");
        using var rig = new LaunchRig(new Stub((request, _, _) => Task.FromResult(Stub.Json(request.Method == HttpMethod.Post
            ? mine
            : "[" + mine + "," + mine.Replace("inst_a", "inst_b") + "]"))));
        Assert.True(rig.Journal.TryClaim(rig.Left(), "inst_a"));
        Assert.Equal("inst_b", (await rig.LaunchAsync()).Id);
    }

    [Fact]
    public async Task AnswerWithAClaimedInstance_AndNoOther_IsNotLaunched()
    {
        string mine = Samples.Instance("inst_a").Replace("a100_80gb", "h100_80gb");
        using var rig = new LaunchRig(new Stub((request, _, _) => Task.FromResult(Stub.Json(request.Method == HttpMethod.Post ? mine : "[" + mine + "]"))));
        Assert.True(rig.Journal.TryClaim(rig.Left(), "inst_a"));
        var error = await rig.FailAsync();
        Assert.Equal(ErrorIds.Conflict, error.ErrorId);
        Assert.Contains("inst_a is claimed by another launch", error.Message);
    }

    public void Dispose() => _rig.Dispose();

    private void SetOwner(string owner, string more = "")
    {
        using var database = new Database(new StoreFile(_rig.Folder, new StoreLimits()));
        Assert.Equal(1, database.Write(session => session.Sql("UPDATE launch SET owner = ?1" + more).Run(owner)));
    }
}
