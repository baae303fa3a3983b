using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Wait;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Waits until launched instances are ready. One list at a time serves all that are waited for, whenever they were launched.</summary>
/// <param name="client">The connection.</param>
internal sealed class ReadyWatch(IPulseRunClient client)
{
    private readonly object _lock = new();
    private readonly List<Entry> _entries = [];
    private bool _isRunning;

    /// <summary>Waits for one instance.</summary>
    /// <param name="instance">The instance as launched.</param>
    /// <param name="left">Returns the time that is left.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the wait.</param>
    /// <returns>The instance when it is ready; null and the reason when it can no longer be, or when the time is over.</returns>
    public async Task<ReadyAnswer> WaitAsync(Instance instance, Func<TimeSpan> left, ICallObserver observer, CancellationToken cancel)
    {
        var entry = new Entry(instance, left);
        if (entry.TryEnd(instance, isComplete: true))
            return await entry.Answer.ConfigureAwait(false);
        lock (_lock)
        {
            _entries.Add(entry);
            if (!_isRunning)
            {
                _isRunning = true;
                // The task is not awaited: it ends when the last entry has its answer, and gives a failure to each entry.
                _ = Task.Run(() => RunAsync(observer, cancel), CancellationToken.None);
            }
        }
        using (cancel.Register(entry.Cancel))
            return await entry.Answer.ConfigureAwait(false);
    }

    private async Task RunAsync(ICallObserver observer, CancellationToken cancel)
    {
        TimeSpan sinceChange = TimeSpan.Zero;
        while (true)
        {
            List<Entry> open;
            lock (_lock)
            {
                _entries.RemoveAll(static one => one.Answer.IsCompleted);
                open = _entries.ToList();
                if (open.Count == 0)
                {
                    _isRunning = false;
                    observer.Waiting(null);
                    return;
                }
            }
            try
            {
                observer.Waiting(open.Count == 1 ? open[0].Known.Id + " to be ready" : open.Count.ToString(System.Globalization.CultureInfo.InvariantCulture) + " to be ready");
                // Near the end of the time, the last look is taken when it is over.
                TimeSpan shortest = open.Min(static one => one.Left);
                TimeSpan pause = PollInterval.Next(sinceChange, shortest > TimeSpan.Zero ? shortest : TimeSpan.Zero);
                await Task.Delay(pause, cancel).ConfigureAwait(false);
                sinceChange = await LookAsync(open, observer, cancel).ConfigureAwait(false) ? TimeSpan.Zero : sinceChange + pause;
            }
#pragma warning disable CA1031 // Each entry gets the failure, and its launch reports it.
            catch (Exception error)
#pragma warning restore CA1031
            {
                foreach (Entry one in open)
                    one.Fail(error);
            }
        }
    }

    /// <summary>Reads the list once. Returns true when an instance has changed its state.</summary>
    private async Task<bool> LookAsync(List<Entry> open, ICallObserver observer, CancellationToken cancel)
    {
        var rows = new Dictionary<string, Instance>(StringComparer.Ordinal);
        bool isComplete = true;
        try
        {
            await client.ListAsync(
                null,
                page =>
                {
                    foreach (Instance row in page)
                        rows[row.Id] = row;
                },
                observer,
                cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error) when (error.ErrorId is not (ErrorIds.Unauthorized or ErrorIds.NotConnected or ErrorIds.Forbidden))
        {
            observer.Verbose("The list could not be read; the wait continues: " + error.Message);
            isComplete = false;
        }
        bool hasChanged = false;
        foreach (Entry one in open)
        {
            rows.TryGetValue(one.Known.Id, out Instance? row);
            hasChanged |= row is not null && row.Status != one.Known.Status;
            one.TryEnd(row, isComplete);
        }
        return hasChanged;
    }

    private sealed class Entry(Instance launched, Func<TimeSpan> left)
    {
        private readonly TaskCompletionSource<ReadyAnswer> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _wasListed;

#pragma warning disable VSTHRD003 // The task of a completion source that never waits for the thread of its reader.
        public Task<ReadyAnswer> Answer => _answer.Task;
#pragma warning restore VSTHRD003

        public Instance Known { get; private set; } = launched;

        public TimeSpan Left => left();

        public void Cancel() => _answer.TrySetCanceled();

        public void Fail(Exception error)
        {
            if (error is OperationCanceledException)
                _answer.TrySetCanceled();
            else
                _answer.TrySetException(error);
        }

        /// <summary>Ends the wait if the instance is ready, cannot become so, or has no time left.</summary>
        public bool TryEnd(Instance? row, bool isComplete)
        {
            Known = row ?? Known;
            // An instance that the list has not shown yet is slow, and not gone.
            WaitAnswer answer = row is null && !_wasListed
                ? new WaitAnswer(WaitProgress.Waiting, "is not listed yet")
                : WaitMachine.Evaluate(WaitTarget.Ready, new Observation { Listed = row, IsComplete = isComplete, WasListed = _wasListed, Waited = TimeSpan.Zero });
            _wasListed |= row is not null;
            if (answer.Progress == WaitProgress.Reached)
                return _answer.TrySetResult(new ReadyAnswer(row, Known, null));
            if (answer.Progress == WaitProgress.Terminal)
                return _answer.TrySetResult(new ReadyAnswer(null, Known, answer.Reason) { IsTerminal = true });
            return Left <= TimeSpan.Zero && _answer.TrySetResult(new ReadyAnswer(null, Known, answer.Reason));
        }
    }
}

/// <summary>Represents the end of the wait for one instance.</summary>
/// <param name="Ready">The instance; null when it is not ready.</param>
/// <param name="Known">The instance as last seen.</param>
/// <param name="Why">The reason why it is not ready, as the end of a sentence about the instance; null when it is.</param>
internal sealed record ReadyAnswer(Instance? Ready, Instance Known, string? Why)
{
    /// <summary>True when it can no longer become ready.</summary>
    public bool IsTerminal { get; init; }
}
