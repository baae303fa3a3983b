using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Wait;

namespace PulseRun.Client.Wait;

/// <summary>Polls the list for all awaited instances together.</summary>
internal sealed class FleetWait(IPulseRunClient client, TimeProvider time)
{
    /// <summary>The shortest time limit of a poll. Near the end of the wait, a request that hangs must not prolong it much.</summary>
    private static readonly TimeSpan s_leastLook = TimeSpan.FromSeconds(5);

    public async Task RunAsync(IReadOnlyList<WaitItem> items, WaitOptions options, Action<Instance> onReached, Action<string, PulseRunException> onFailed, ICallObserver observer, CancellationToken cancel)
    {
        long start = time.GetTimestamp();
        var open = items.Select(item => new Watched(item)).ToList();
        var lastChange = TimeSpan.Zero;
        while (open.Count > 0)
        {
            var left = options.Timeout - time.GetElapsedTime(start);
            string? problem = await LookAsync(open, left > s_leastLook ? left : s_leastLook, observer, cancel);
            bool isComplete = problem is null;
            if (isComplete)
                await AskForUnknownAsync(open, options, onFailed, observer, cancel);
            var waited = time.GetElapsedTime(start);
            foreach (var one in open.ToList())
            {
                if (one.TakeChange(waited))
                    lastChange = waited;
                if (one.TakeStopped(options.Target))
                    observer.Warning("Instance " + one.Item.Id + " is stopped and does not start by itself. The wait continues; start the instance with Start-PRInstance.");
                var answer = WaitMachine.Evaluate(options.Target, one.LookAt(isComplete, waited));
                if (answer.Progress == WaitProgress.Waiting && waited < options.Timeout)
                    continue;
                open.Remove(one);
                if (answer.Progress == WaitProgress.Reached)
                    // An instance that is no longer listed has no row; report it as terminated.
                    onReached(one.Listed ?? (one.Last ?? new Instance { Id = one.Item.Id }).WithStatus(InstanceStatus.Terminated));
                else if (answer.Progress == WaitProgress.Terminal)
                    onFailed(one.Item.Id, Error(ErrorIds.TerminalState, one, options, answer.Reason + " and cannot become " + Name(options.Target) + " any more", waited));
                else
                    onFailed(one.Item.Id, Error(ErrorIds.WaitTimeout, one, options, "is not " + Name(options.Target) + " after " + Seconds(waited) + ": it " + answer.Reason + (isComplete ? "" : " (" + problem!.TrimEnd('.') + ")"), waited));
            }
            if (open.Count == 0)
                break;
            observer.Waiting(open.Count.ToString(CultureInfo.InvariantCulture) + " to be " + Name(options.Target));
            await time.Delay(PollInterval.Next(waited - lastChange, options.Timeout - waited, options.Interval), cancel);
        }
        observer.Waiting(null);
    }

    /// <summary>Reads each instance that two complete lists do not contain, once, so that an unknown id is reported now and not at the end of the wait.</summary>
    private async Task AskForUnknownAsync(List<Watched> open, WaitOptions options, Action<string, PulseRunException> onFailed, ICallObserver observer, CancellationToken cancel)
    {
        if (options.Target == WaitTarget.Terminated)
            return;
        foreach (var one in open.Where(one => one.TakeAbsent()).ToList())
        {
            try
            {
                one.Listed = one.Found = await client.GetAsync(one.Item.Id, observer, cancel);
            }
            catch (PulseRunException error) when (error.ErrorId == ErrorIds.InstanceNotFound)
            {
                open.Remove(one);
                onFailed(one.Item.Id, error);
            }
            catch (PulseRunException error) when (error.ErrorId is not (ErrorIds.Unauthorized or ErrorIds.NotConnected or ErrorIds.Forbidden))
            {
                observer.Verbose("Instance " + one.Item.Id + " could not be read; the wait continues: " + error.Message);
            }
        }
    }

    /// <summary>Reads the list. Returns null when it is complete; otherwise the reason why it is not, so that a missing instance proves nothing.</summary>
    private async Task<string?> LookAsync(List<Watched> open, TimeSpan limit, ICallObserver observer, CancellationToken cancel)
    {
        using var late = time.CreateCancellationTokenSource(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        var byId = open.ToDictionary(one => one.Item.Id, StringComparer.Ordinal);
        foreach (var one in open)
            one.Listed = null;
        try
        {
            await client.ListAsync(null, Take, observer, either.Token);
            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "the list did not come in time";
        }
        catch (PulseRunException error) when (error.ErrorId is not (ErrorIds.Unauthorized or ErrorIds.NotConnected or ErrorIds.Forbidden))
        {
            // The next list may succeed; if none does, the wait times out.
            observer.Verbose("The list could not be read; the wait continues: " + error.Message);
            return error.Message;
        }

        void Take(IReadOnlyList<Instance> rows)
        {
            foreach (var row in rows)
            {
                if (byId.TryGetValue(row.Id, out var one))
                    one.Listed = one.Last = row;
            }
        }
    }

    private static PulseRunException Error(string errorId, Watched one, WaitOptions options, string why, TimeSpan waited) => new(
        errorId,
        "Instance " + one.Item.Id + " " + why + ". Waited " + Seconds(waited) + " for " + Name(options.Target)
        + "; last change after " + Seconds(one.ChangedAt) + ", last state " + PulseRun.Core.Text.CleanText.Clean(one.Last?.Status ?? one.Found?.Status ?? "unknown", 40) + ".")
    {
        Advice = one.IsStopped && options.Target is WaitTarget.Ready or WaitTarget.Running ? "Start it with Start-PRInstance " + one.Item.Id + ": a stopped instance does not start by itself." : null,
    };

    private static string Name(WaitTarget target) => target.ToString().ToLowerInvariant();

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s";

    private sealed class Watched(WaitItem item)
    {
        /// <summary>The number of complete lists without the instance after which it is read by itself. A single list may be out of date.</summary>
        private const int ListsBeforeAsking = 2;

        private string? _status = item.StatusBefore;
        private int _absences;
        private bool _toldStopped;

        public WaitItem Item { get; } = item;

        /// <summary>Gets or sets the instance in the list of this poll; null when it is not listed.</summary>
        public Instance? Listed { get; set; }

        /// <summary>Gets or sets the instance as last listed.</summary>
        public Instance? Last { get; set; }

        /// <summary>Gets or sets the instance that the single GET returned.</summary>
        public Instance? Found { get; set; }

        public bool IsStopped => InstanceStatus.Is((Last ?? Found)?.Status, InstanceStatus.Stopped);

        /// <summary>Gets the time of the last change of state, since the start of the wait.</summary>
        public TimeSpan ChangedAt { get; private set; }

        /// <summary>Counts a complete list without the instance. Returns true once, when the instance should be read by itself.</summary>
        public bool TakeAbsent() => Item.MayBeUnknown && Listed is null && Last is null && ++_absences == ListsBeforeAsking;

        /// <summary>Returns true once, when the instance is stopped although the wait is for a running one and this command did not act on it.</summary>
        public bool TakeStopped(WaitTarget target)
        {
            if (_toldStopped || Item.StatusBefore is not null || target is not (WaitTarget.Ready or WaitTarget.Running) || !InstanceStatus.Is(Listed?.Status, InstanceStatus.Stopped))
                return false;
            return _toldStopped = true;
        }

        public bool TakeChange(TimeSpan waited)
        {
            if (Listed is null || string.Equals(_status, Listed.Status, StringComparison.OrdinalIgnoreCase))
                return false;
            _status = Listed.Status;
            ChangedAt = waited;
            return true;
        }

        public Observation LookAt(bool isComplete, TimeSpan waited) => new()
        {
            Listed = Listed,
            IsComplete = isComplete,
            WasListed = Last is not null,
            Waited = waited,
            StatusBefore = Item.StatusBefore,
        };
    }
}
