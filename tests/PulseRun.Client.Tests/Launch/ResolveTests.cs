using System;
using System.Linq;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Tests the resolution of launches that an earlier command left open.</summary>
public sealed class ResolveTests : IDisposable
{
    private readonly LaunchRig _rig = new();

    [Fact]
    public async Task Unsent_DidNotLaunch_AndCostsNoRequest()
    {
        Assert.Equal(LaunchOutcome.NotLaunched, (await _rig.ResolveAsync(_rig.Left(isSent: false))).Outcome);
        Assert.Empty(_rig.Sent);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task Claimed_Launched_AndCostsNoRequest()
    {
        var intent = _rig.Left();
        _rig.Journal.TryClaim(intent, "inst_1");
        var launch = await _rig.ResolveAsync(intent);
        Assert.Equal(LaunchOutcome.Launched, launch.Outcome);
        Assert.Equal("inst_1", launch.InstanceId);
        Assert.Empty(_rig.Sent);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task Sent_AndListed_IsFound()
    {
        var intent = _rig.Left();
        var instance = _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = _rig.Time.GetUtcNow() });
        var launch = await _rig.ResolveAsync(intent);
        Assert.Equal(instance.Id, launch.InstanceId);
        Assert.Contains("created", launch.MatchedBy);
        Assert.Equal("h100_80gb", launch.Gpu);
        Assert.NotNull(launch.ResolvedAt);
        Assert.Equal(1, _rig.Lists);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(60, 1)]
    public async Task Sent_AndNotListed_DidNotLaunch_OnceThatIsProven(int secondsAgo, int lists)
    {
        var intent = _rig.Left();
        _rig.Time.Advance(TimeSpan.FromSeconds(secondsAgo));
        Assert.Equal(LaunchOutcome.NotLaunched, (await _rig.ResolveAsync(intent)).Outcome);
        Assert.Equal(lists, _rig.Lists);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task Many_ShareTheirLists_AndEachGetsItsOwn()
    {
        var intents = Enumerable.Range(0, 5).Select(_ => _rig.Left()).ToArray();
        for (int i = 0; i < 3; i++)
            _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = _rig.Time.GetUtcNow() });
        _rig.Time.Advance(TimeSpan.FromSeconds(60));
        using var launcher = _rig.Launcher();
        var found = await _rig.RunAsync(launcher.ResolveAsync(_rig.Open, _rig.Observer, default));
        Assert.Equal(5, found.Count);
        Assert.Equal(_rig.Emulator.Instances.Select(one => one.Id).OrderBy(id => id, StringComparer.Ordinal), found.Select(one => one.InstanceId).OfType<string>().OrderBy(id => id, StringComparer.Ordinal));
        Assert.Equal(2, found.Count(one => one.Outcome == LaunchOutcome.NotLaunched));
        Assert.Equal(1, _rig.Lists);
        Assert.Equal(intents.Length, found.Select(one => one.IntentId).Distinct().Count());
    }

    [Fact]
    public async Task OwnedByAnotherCommand_StaysOpen_AndIsNotLookedFor()
    {
        var seen = _rig.Journal.Find(_rig.Context.Account, _rig.Left())!;
        Assert.True(_rig.Journal.TryAdopt(seen));
        using var launcher = _rig.Launcher();
        Assert.Equal(LaunchOutcome.Unknown, (await _rig.RunAsync(launcher.ResolveAsync([seen], _rig.Observer, default)))[0].Outcome);
        Assert.Empty(_rig.Sent);
        Assert.Equal(OwnerState.Alive, Assert.Single(_rig.Open).OwnerState);
    }

    [Theory]
    [InlineData(LaunchOutcome.Launched)]
    [InlineData(LaunchOutcome.NotLaunched)]
    public async Task DecidedMeanwhile_IsReported(LaunchOutcome outcome)
    {
        var seen = _rig.Journal.Find(_rig.Context.Account, _rig.Left())!;
        _rig.Journal.Close(seen.IntentId, new LaunchClosing(outcome, _rig.Time.GetUtcNow()) { InstanceId = outcome == LaunchOutcome.Launched ? "inst_1" : null });
        using var launcher = _rig.Launcher();
        Assert.Equal(outcome, (await _rig.RunAsync(launcher.ResolveAsync([seen], _rig.Observer, default)))[0].Outcome);
        Assert.Empty(_rig.Sent);
    }

    /// <summary>Another command learns the instance of one launch while this one waits to resolve two. The launch that is decided must not take the instance of the one that is open, which would be denied then.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AnsweredMeanwhile_TakesNoInstanceOfAnother(bool isClosed)
    {
        Guid answered = _rig.Left(isAnswered: false), lost = _rig.Left(isAnswered: false);
        var own = _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, CreatedAt = _rig.Time.GetUtcNow() });
        using var launcher = _rig.Launcher();
        var resolving = launcher.ResolveAsync(_rig.Open, _rig.Observer, default);
        Assert.False(resolving.IsCompleted);
        if (isClosed)
            Assert.True(_rig.Journal.Close(answered, LaunchClosing.Launched("inst_answered", "the server's answer", _rig.Time.GetUtcNow())));
        else
            Assert.True(_rig.Journal.TryClaim(answered, "inst_answered"));
        var found = (await _rig.RunAsync(resolving)).ToDictionary(static one => one.IntentId);
        Assert.Equal((LaunchOutcome.Launched, "inst_answered"), (found[answered].Outcome, found[answered].InstanceId));
        Assert.Equal((LaunchOutcome.Launched, own.Id), (found[lost].Outcome, found[lost].InstanceId));
    }

    [Fact]
    public async Task JournalThatFails_LeavesThemOpen()
    {
        var record = _rig.Journal.Find(_rig.Context.Account, _rig.Left())!;
        using var launcher = _rig.Launcher(BrokenJournal.In(_rig.Journal, nameof(ILaunchJournal.TryAdopt)));
        var error = await Assert.ThrowsAsync<PulseRunException>(() => launcher.ResolveAsync([record], _rig.Observer, default));
        Assert.Equal(ErrorIds.JournalUnavailable, error.ErrorId);
        Assert.Single(_rig.Open);
    }

    public void Dispose() => _rig.Dispose();
}
