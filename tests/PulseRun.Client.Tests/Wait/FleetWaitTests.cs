using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Wait;
using Xunit;

namespace PulseRun.Client.Tests.Wait;

public sealed class FleetWaitTests : IDisposable
{
    private readonly LaunchRig _rig = new(options: new EmulatorOptions { Instances = 0, RequestsPerMinute = 0, TerminatedVisible = TimeSpan.Zero, Balance = 10_000 });
    private readonly List<string> _reached = [];
    private Instance? _last;
    private readonly Dictionary<string, PulseRunException> _failed = [];

    [Fact]
    public async Task ManyInstances_ShareOneListPerPoll()
    {
        _rig.Emulator.ProvisioningTime = TimeSpan.FromSeconds(20);
        string[] ids = [await LaunchAsync(), await LaunchAsync(), await LaunchAsync()];
        await WaitAsync(WaitTarget.Ready, ids, seconds: 60, interval: 5);
        Assert.Equal(ids.OrderBy(id => id, StringComparer.Ordinal), _reached.OrderBy(id => id, StringComparer.Ordinal));
        Assert.Empty(_failed);
        Assert.Equal(5, _rig.Lists);
        Assert.Equal(8, _rig.Emulator.Requests.Count);
    }

    [Fact]
    public async Task Polls_AdaptToChanges()
    {
        string id = Running();
        await WaitAsync(WaitTarget.Stopped, [id], seconds: 120);
        var looks = _rig.Emulator.Requests.Select(request => request.Time).ToList();
        var gaps = looks.Zip(looks.Skip(1), (a, b) => (b - a).TotalSeconds).ToList();
        // The interval grows from 2 s to 15 s as long as nothing changes; the last poll is at the end of the wait.
        Assert.InRange(gaps[0], 1.9, 3);
        Assert.InRange(gaps.Max(), 14.9, 16);
        var waits = gaps.Take(gaps.Count - 1).Select(gap => Math.Round(gap)).ToList();
        Assert.Equal(waits.OrderBy(gap => gap), waits);
        Assert.InRange(_rig.Lists, 15, 25);
    }

    [Fact]
    public async Task FailedInstance_EndsItsOwnWaitOnly()
    {
        _rig.Emulator.ProvisioningTime = TimeSpan.FromSeconds(20);
        string good = await LaunchAsync();
        string bad = await LaunchAsync();
        _rig.Emulator.SetStatus(bad, InstanceStatus.Failed);
        int listsAtFailure = 0;
        await WaitAsync(WaitTarget.Ready, [bad, good], seconds: 60, interval: 5, onFailed: () => listsAtFailure = _rig.Lists);
        Assert.Equal([good], _reached);
        Assert.Equal(ErrorIds.TerminalState, Assert.Single(_failed).Value.ErrorId);
        Assert.Contains("Instance " + bad + " is failed and cannot become ready any more", _failed[bad].Message);
        Assert.Equal(1, listsAtFailure);
        Assert.Equal(5, _rig.Lists);
    }

    [Fact]
    public async Task MissingInstance_IsTerminated_OrTerminalState()
    {
        string gone = Running();
        string other = Running();
        _rig.AfterLists(1, () =>
        {
            _rig.Emulator.SetStatus(gone, InstanceStatus.Terminated);
            _rig.Emulator.SetStatus(other, InstanceStatus.Stopped);
        });
        await WaitAsync(WaitTarget.Stopped, [gone, other], seconds: 60, interval: 2);
        Assert.Equal([other], _reached);
        Assert.Contains(gone + " is gone from the list", _failed[gone].Message);

        await WaitAsync(WaitTarget.Terminated, [gone], seconds: 60);
        Assert.Equal([other, gone], _reached);
    }

    [Fact]
    public async Task Timeout_ReportsStateTimeAndLastChange()
    {
        _rig.Emulator.ProvisioningTime = TimeSpan.FromSeconds(500);
        string id = await LaunchAsync();
        await WaitAsync(WaitTarget.Ready, [id], seconds: 10, interval: 4);
        Assert.Equal(ErrorIds.WaitTimeout, _failed[id].ErrorId);
        Assert.Equal("Instance " + id + " is not ready after 10 s: it is provisioning. Waited 10 s for ready; last change after 0 s, last state provisioning.", _failed[id].Message);
        Assert.Equal(4, _rig.Lists);
    }

    [Fact]
    public async Task ZeroTimeout_IsOnePoll()
    {
        string id = Running();
        await WaitAsync(WaitTarget.Running, [id], seconds: 0);
        await WaitAsync(WaitTarget.Stopped, [id], seconds: 0);
        Assert.Equal([id], _reached);
        Assert.Equal(ErrorIds.WaitTimeout, _failed[id].ErrorId);
        Assert.Equal(2, _rig.Lists);
    }

    [Fact]
    public async Task TruncatedList_ProvesNoAbsence()
    {
        string[] ids = [Running(), Running()];
        _rig.Fault(EmulatorFaultKind.ListCut, "GET", fault => fault.Count = 1);
        await WaitAsync(WaitTarget.Running, ids, seconds: 10, interval: 5);
        Assert.Equal([ids[0]], _reached);
        Assert.Equal(ErrorIds.WaitTimeout, _failed[ids[1]].ErrorId);
        Assert.Contains("The list of instances is not complete", _failed[ids[1]].Message);
    }

    [Fact]
    public async Task ListsThatFailForAWhile_AreTolerated()
    {
        string id = Running();
        _rig.Fault(EmulatorFaultKind.ServerError, "GET", fault => fault.Times = 6);
        await WaitAsync(WaitTarget.Running, [id], seconds: 60);
        Assert.Equal([id], _reached);
    }

    [Fact]
    public async Task ListThatHangs_DoesNotProlongTheWait()
    {
        string id = Running();
        _rig.Fault(EmulatorFaultKind.Hang, "GET");
        _rig.ServerTakesTime = true;
        await WaitAsync(WaitTarget.Stopped, [id], seconds: 10);
        Assert.Contains("the list did not come in time", _failed[id].Message);
        Assert.InRange(_rig.Time.GetUtcNow() - new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Forbidden_EndsTheWaitAtOnce()
    {
        string id = Running();
        _rig.Fault(EmulatorFaultKind.ServerError, "GET", fault => fault.Status = 403);
        var error = await Assert.ThrowsAsync<PulseRunException>(() => WaitAsync(WaitTarget.Stopped, [id], seconds: 900));
        Assert.Equal(ErrorIds.Forbidden, error.ErrorId);
        Assert.Equal(1, _rig.Lists);
    }

    [Fact]
    public async Task Cancel_EndsTheWait()
    {
        string id = Running();
        using var stop = new CancellationTokenSource();
        _rig.AfterLists(1, stop.Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => WaitAsync(WaitTarget.Stopped, [id], seconds: 900, cancel: stop.Token));
        Assert.Empty(_failed);
    }

    /// <summary>A list may be out of date: an instance that was just started is still listed as failed for a while.</summary>
    [Fact]
    public async Task StateBeforeTheChange_IsTolerated()
    {
        string id = Running();
        _rig.Emulator.SetStatus(id, InstanceStatus.Failed);
        _rig.AfterLists(2, () => _rig.Emulator.SetStatus(id, InstanceStatus.Running));
        await _rig.RunAsync(_rig.Client.WaitAsync(
            [new WaitItem(id, InstanceStatus.Failed)], new WaitOptions(WaitTarget.Running, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(2)),
            one => _reached.Add(one.Id), _failed.Add, _rig.Observer, default));
        Assert.Equal([id], _reached);
        Assert.Empty(_failed);
    }

    [Fact]
    public async Task UnknownId_IsAnErrorAfterTwoListsAndOneGet()
    {
        string good = Running();
        await WaitAsync(WaitTarget.Stopped, [good, "inst_nowhere"], seconds: 60, interval: 5, onFailed: () => _rig.Emulator.SetStatus(good, InstanceStatus.Stopped), mayBeUnknown: true);
        Assert.Equal(ErrorIds.InstanceNotFound, Assert.Single(_failed).Value.ErrorId);
        Assert.Equal("inst_nowhere", Assert.Single(_failed).Key);
        Assert.Equal([good], _reached);
        Assert.Equal(["GET /v1/instances", "GET /v1/instances", "GET /v1/instances/inst_nowhere", "GET /v1/instances"],
            _rig.Emulator.Requests.Select(request => request.Method + " " + request.Path));
    }

    [Fact]
    public async Task StoppedInstance_WhileWaitingForRunning_IsAWarningWithAdvice()
    {
        string id = Running();
        _rig.Emulator.SetStatus(id, InstanceStatus.Stopped);
        await WaitAsync(WaitTarget.Running, [id], seconds: 20, interval: 5);
        Assert.Equal(ErrorIds.WaitTimeout, _failed[id].ErrorId);
        Assert.Contains("Start-PRInstance " + id, _failed[id].Advice);
        Assert.Contains("Start-PRInstance", Assert.Single(_rig.Observer.Warnings));
        _failed.Clear();
        await WaitAsync(WaitTarget.Terminated, [id], seconds: 10, interval: 5);
        Assert.Null(_failed[id].Advice);
    }

    [Fact]
    public async Task MissingInstance_IsReturnedAsTerminated()
    {
        string id = _rig.Emulator.AddInstance(new Instance { Gpu = "h100_80gb" }).Id;
        _rig.AfterLists(1, () => _rig.Emulator.SetStatus(id, InstanceStatus.Terminated));
        await WaitAsync(WaitTarget.Terminated, [id], seconds: 60, interval: 2);
        Assert.Equal((id, InstanceStatus.Terminated), (_last!.Id, _last.Status));
        // The other known properties are kept.
        Assert.Equal("h100_80gb", _last.Gpu);
    }

    public void Dispose() => _rig.Dispose();

    private async Task<string> LaunchAsync() => (await _rig.LaunchAsync()).Id;

    private string Running() => _rig.Emulator.AddInstance(new Instance()).Id;

    private async Task WaitAsync(WaitTarget target, string[] ids, int seconds, int? interval = null, Action? onFailed = null, bool mayBeUnknown = false, CancellationToken cancel = default) =>
        await _rig.RunAsync(_rig.Client.WaitAsync(
            ids.Select(id => new WaitItem(id, MayBeUnknown: mayBeUnknown)).ToList(),
            new WaitOptions(target, TimeSpan.FromSeconds(seconds), interval is { } wait ? TimeSpan.FromSeconds(wait) : null),
            one =>
            {
                _reached.Add(one.Id);
                _last = one;
            },
            (id, error) =>
            {
                _failed.Add(id, error);
                onFailed?.Invoke();
            },
            _rig.Observer,
            cancel));
}
