using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;
using PulseRun.Client.Launch;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Launch;
using Xunit;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Tests a journal that fails: before the request is sent it prevents the launch; afterwards nothing may be lost.</summary>
public sealed class JournalTests : IDisposable
{
    private readonly LaunchRig _rig = new();

    [Theory]
    [InlineData(nameof(ILaunchJournal.Begin))]
    [InlineData(nameof(ILaunchJournal.MarkSent))]
    [InlineData(nameof(ILaunchJournal.EstimatePrice))]
    public async Task FailingBeforeTheSend_LaunchesNothing(string method)
    {
        bool isLimited = method == nameof(ILaunchJournal.EstimatePrice);
        var error = await _rig.FailAsync(journal: BrokenJournal.In(_rig.Journal, method), hourlyLimit: isLimited ? 100 : null);
        Assert.Equal(ErrorIds.JournalUnavailable, error.ErrorId);
        Assert.Contains("Nothing was launched", error.Message);
        Assert.Contains("The disk is full", error.Message);
        Assert.Equal(0, _rig.Posts);
        Assert.Empty(_rig.Open);
    }

    [Fact]
    public async Task FailingBeforeASecondAttempt_IsNotLaunched()
    {
        _rig.Fault(EmulatorFaultKind.TooManyRequests, with: fault => fault.Times = 1);
        int marks = 0;
        var error = await _rig.FailAsync(journal: new BrokenJournal(_rig.Journal, method =>
        {
            if (method == nameof(ILaunchJournal.MarkSent) && ++marks == 2)
                throw BrokenJournal.Failure();
        }));
        Assert.Equal(ErrorIds.JournalUnavailable, error.ErrorId);
        Assert.Equal(1, _rig.Posts);
        Assert.Empty(_rig.Open);
        Assert.Empty(_rig.Emulator.Instances);
    }

    [Fact]
    public async Task FailingAfterTheAnswer_LosesNothing()
    {
        var instance = await _rig.LaunchAsync(journal: BrokenJournal.In(_rig.Journal, nameof(ILaunchJournal.Close), nameof(ILaunchJournal.Find), nameof(ILaunchJournal.RecordPrices)));
        Assert.Equal(_rig.Emulator.Instances.Single().Id, instance.Id);
    }

    [Theory]
    [InlineData(nameof(ILaunchJournal.Look))]
    [InlineData(nameof(ILaunchJournal.TryClaim))]
    public async Task FailingWithUnknownOutcome_IsUnknown_AndNamesCandidates(string method)
    {
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect);
        var error = await _rig.FailAsync(journal: BrokenJournal.In(_rig.Journal, method));
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Contains("It may be " + _rig.Emulator.Instances.Single().Id, error.Message);
        Assert.Single(_rig.Open);
    }

    [Fact]
    public async Task FailingAfterTheClaim_StillAdopts()
    {
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect);
        var instance = await _rig.LaunchAsync(journal: BrokenJournal.In(_rig.Journal, nameof(ILaunchJournal.Close)));
        var open = Assert.Single(_rig.Open);
        Assert.Equal(instance.Id, open.InstanceId);
        Assert.Equal(instance.Id, (await _rig.ResolveAsync(open.IntentId)).InstanceId);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task FileSetAsideDuringTheLaunch_LosesNothing(int status)
    {
        LaunchRig? rig = null;
        string instance = Samples.Instance("inst_a").Replace("a100_80gb", "h100_80gb");
        using (rig = new LaunchRig(new Stub((request, _, _) =>
        {
            if (request.Method != HttpMethod.Post)
                return Task.FromResult(Stub.Json("[" + instance + "]"));
            foreach (string file in Directory.GetFiles(rig!.Folder))
                File.Delete(file);
            return Task.FromResult(Stub.Json(instance, status));
        })))
        {
            if (status == 200)
                Assert.Equal("inst_a", (await rig.LaunchAsync()).Id);
            else
                Assert.Contains("It may be inst_a", (await rig.FailAsync()).Message);
        }
    }

    /// <summary>Resolve-PRLaunch runs in another process at the same time.</summary>
    [Fact]
    public async Task NotLaunched_IsNotReported_WhenAnotherCommandFoundIt()
    {
        _rig.Fault(EmulatorFaultKind.ServerError);
        var journal = new BrokenJournal(_rig.Journal, method =>
        {
            if (method == nameof(ILaunchJournal.Close))
                Assert.True(_rig.Journal.Close(_rig.Open[0].IntentId, LaunchClosing.Launched("inst_found", "test", _rig.Time.GetUtcNow())));
        });
        Assert.Equal("inst_found", (await _rig.LaunchAsync(journal: journal)).Id);
    }

    /// <summary>A listed instance may have been launched by another process without a journal.</summary>
    [Fact]
    public async Task WithoutAJournal_NothingIsAdopted_AndTheErrorGivesTheReason()
    {
        _rig.Fault(EmulatorFaultKind.ServerErrorAfterEffect, with: fault => fault.Times = 1);
        var unknown = await _rig.FailAsync(journal: new InMemoryJournal());
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, unknown.ErrorId);
        Assert.Contains("the launches of other processes are not known here. It may be " + Assert.Single(_rig.Emulator.Instances).Id, unknown.Message);
        Assert.DoesNotContain("Resolve-PRLaunch", unknown.Message);
    }

    [Fact]
    public async Task WithoutAJournal_NotLaunchedIsDetermined()
    {
        _rig.Fault(EmulatorFaultKind.ServerError);
        Assert.Contains("It was not launched", (await _rig.FailAsync(journal: new InMemoryJournal())).Message);
    }

    /// <summary>The store is deleted while launches are under way; two of them must not return the same instance.</summary>
    [Fact]
    public async Task DeletedStore_NeverGivesOneInstanceToTwoLaunches()
    {
        string first = Samples.Instance("inst_a").Replace("a100_80gb", "h100_80gb");
        int posts = 0;
        LaunchRig? rig = null;
        using (rig = new LaunchRig(new Stub((request, _, _) =>
        {
            if (request.Method != HttpMethod.Post)
                return Task.FromResult(Stub.Json("[" + first + "]"));
            if (++posts == 1)
                return Task.FromResult(Stub.Json("{}", 500));
            foreach (string file in Directory.GetFiles(rig!.Folder))
                File.Delete(file);
            // The answer contains the instance that an equal launch has already adopted.
            return Task.FromResult(Stub.Json(first));
        })))
        {
            Assert.Equal("inst_a", (await rig.LaunchAsync()).Id);
            var error = await rig.FailAsync();
            Assert.DoesNotContain("safe to launch again", error.Message);
            Assert.Contains("inst_a is claimed by another launch", error.Message);
        }
    }

    [Fact]
    public async Task StoreDeletedBeforeSending_LaunchesNothing()
    {
        var journal = new BrokenJournal(_rig.Journal, method =>
        {
            if (method != nameof(ILaunchJournal.MarkSent))
                return;
            foreach (string file in Directory.GetFiles(_rig.Folder))
                File.Delete(file);
        });
        var error = await _rig.FailAsync(journal: journal);
        Assert.Equal(ErrorIds.JournalUnavailable, error.ErrorId);
        Assert.Equal(0, _rig.Posts);
    }

    public void Dispose() => _rig.Dispose();
}
