using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Tracing;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Running;

/// <summary>
/// Runs the asynchronous work of one cmdlet and writes its output on the pipeline thread. When the cmdlet ends (normally, by Ctrl+C,
/// by Select-Object -First, or by an exception downstream), cancels the remaining work and warns about requests that were sent and not confirmed.
/// </summary>
internal sealed class CmdletRunner(PulseRunCmdlet cmdlet) : IDisposable
{
    /// <summary>The longest wait for cancelled work. The prompt must return within 200 ms even if a server hangs.</summary>
    private static readonly TimeSpan s_joinLimit = TimeSpan.FromMilliseconds(120);

    private readonly CancellationTokenSource _stop = new();
    private readonly Pump _pump = new();
    private CallObserver? _observer;
    private Progress? _progress;
    private OrderedWork? _work;
    private Task? _job;
    private WaitNotice? _waiting;
    private bool _isWaitShown;
    private long _started;
    private bool _ended;

    /// <summary>Gets a token that is cancelled by Ctrl+C and whenever else the cmdlet ends.</summary>
    public CancellationToken StopToken => _stop.Token;

    /// <summary>Gets the observer for requests that belong to no item of <see cref="Queue"/>.</summary>
    public ICallObserver Observer => _observer ??= new CallObserver(this);

    /// <summary>Gets the span of the cmdlet; null when this process is not traced.</summary>
    public ISpan? Span { get; private set; }

    public bool WantsVerbose { get; private set; }

    public bool WantsDebug { get; private set; }

    /// <summary>Gets the reason for a wait, for the progress line; null while no wait is under way.</summary>
    public string? WaitingFor => _waiting?.Now;

    /// <summary>Gets or sets a function that returns more for the progress line, such as bytes, and the percentage (-1 for none); null for nothing.</summary>
    public Func<(string Text, int Percent)>? ProgressDetail { get; set; }

    /// <summary>Reads which streams are shown, because worker threads must not read variables of the session. Call it on the pipeline thread, before the first step.</summary>
    public void ReadPreferences()
    {
        WantsVerbose = StreamPreference.IsOn(cmdlet, "Verbose");
        WantsDebug = StreamPreference.IsOn(cmdlet, "Debug");
        // A cmdlet with a live view shows the wait there, so no warning is needed.
        _isWaitShown = !cmdlet.ShowsProgress || StreamPreference.IsOn(cmdlet, "Progress");
        _started = Stopwatch.GetTimestamp();
        Span = CmdletTraces.Start(cmdlet);
    }

    /// <summary>Sets the reason for a wait; null ends it. Callable from any thread.</summary>
    public void Wait(string? reason)
    {
        if (reason is not null || _waiting is not null)
            LazyInitializer.EnsureInitialized(ref _waiting, NewNotice)!.Set(reason);
    }

    /// <summary>Runs one step of the cmdlet and writes the results that are ready. An exception of the step ends the work.</summary>
    /// <param name="step">The step.</param>
    /// <param name="isLast">True to return when all queued work is done and written.</param>
    public void Step(Action step, bool isLast = false)
    {
        try
        {
            step();
            if (isLast)
                Finish();
            else
                WriteReady();
            WarnOfStore();
            if (isLast)
                Span?.End();
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            Span?.Fail("cancelled");
            End();
            throw new PipelineStoppedException();
        }
        catch (PulseRunException error)
        {
            Span?.Fail(error.ErrorId);
            End();
            WarnOfStore();
            cmdlet.ThrowTerminatingError(ErrorRecords.From(error, error.Field));
        }
        catch (Exception error)
        {
            Span?.Fail(error.GetType().FullName!);
            End();
            throw;
        }
    }

    /// <summary>Cancels the work. Called on the thread of Ctrl+C or PowerShell.Stop().</summary>
    public void Stop() => _stop.Cancel();

    /// <summary>Queues work on one item. Call it on the pipeline thread. Results are written in the order of the calls, each as soon as all earlier ones are written.</summary>
    /// <param name="label">The name of the item in messages: an id, or the description of a launch.</param>
    /// <param name="target">The TargetObject of the item's error.</param>
    /// <param name="throttle">The number of items that are worked on concurrently.</param>
    /// <param name="work">Does the work, on another thread. A result other than null is written.</param>
    /// <param name="written">Called on the pipeline thread after the result or the error was written. Not called for a result of null, or when the write threw.</param>
    public void Queue(string label, object? target, int throttle, Func<ICallObserver, CancellationToken, Task<object?>> work, Action? written = null)
    {
        _work ??= new OrderedWork(throttle, error => error is PulseRunException ours && cmdlet.IsFatal(ours), _pump.Wake, StopToken);
        _work.Add(new WorkItem(label, target, new CallObserver(this), work, written));
    }

    /// <summary>Writes the results of all queued work, and returns when the last one is written.</summary>
    public void FlushQueue() => PumpUntilDone();

    /// <summary>Runs one asynchronous job and writes what it posts, until it is done. A failure is one error on <paramref name="target"/>. Returns true when the job succeeded.</summary>
    public bool RunToEnd(Func<CancellationToken, Task> job, object? target)
    {
        Task running = Task.Run(() => job(StopToken), StopToken);
        _job = running;
        // The task is not awaited: the continuation only wakes the loop below, which observes the task itself.
        _ = running.ContinueWith(_ => WakeQuietly(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        PumpUntilDone();
        _job = null;
        if (running.IsCanceled && StopToken.IsCancellationRequested)
            throw new OperationCanceledException(StopToken);
        if (running.Exception is { } failure)
            Report(failure.GetBaseException(), target);
        return running.Status == TaskStatus.RanToCompletion;
    }

    /// <summary>Queues an action on the cmdlet for the pipeline thread. Callable from any thread.</summary>
    public void Post(Action<Cmdlet> action) => _pump.Post(() => action(cmdlet));

    /// <summary>Queues rows for the pipeline, from a job. Blocks while the queue is full.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="written">Called on the pipeline thread after the rows were written.</param>
    public void PostRows<T>(IReadOnlyList<T> rows, Action? written = null) => _pump.PostBatch(
        () =>
        {
            cmdlet.WriteObject(rows, enumerateCollection: true);
            written?.Invoke();
        },
        StopToken);

    /// <summary>Queues a line of text for the information stream, which a console shows, from a job. Blocks while the queue is full.</summary>
    public void PostLine(string text, params string[] tags) => _pump.PostBatch(() => cmdlet.WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST", .. tags]), StopToken);

    /// <summary>Queues an error, from a job.</summary>
    /// <param name="error">The error.</param>
    /// <param name="target">The TargetObject.</param>
    /// <param name="written">Called on the pipeline thread after the error was written.</param>
    public void PostError(Exception error, object? target, Action? written = null) => _pump.Post(() =>
    {
        Report(error, target);
        written?.Invoke();
    });

    /// <summary>Queues a warning, from a job.</summary>
    /// <param name="message">The warning.</param>
    /// <param name="written">Called on the pipeline thread after the warning was written.</param>
    public void PostWarning(string message, Action written) => _pump.Post(() =>
    {
        cmdlet.WriteWarning(message);
        written();
    });

    /// <summary>Writes the error of one item, on the pipeline thread. An error that every other item would fail with ends the cmdlet instead.</summary>
    public void Report(Exception error, object? target)
    {
        ErrorRecord record = ErrorRecords.From(error, target);
        Span?.Fail((record.Exception as PulseRunException)?.ErrorId ?? ErrorIds.UnexpectedError);
        if (error is PulseRunException ours && cmdlet.IsFatal(ours))
        {
            _work?.FlushSuccesses(Write);
            End();
            cmdlet.ThrowTerminatingError(record);
        }
        cmdlet.WriteError(record);
    }

    /// <summary>Runs <paramref name="action"/> for one item of the input, on the pipeline thread. A failure is written as the error of that item and does not end the cmdlet.</summary>
    public void TryItem(object? item, Action action)
    {
        try
        {
            action();
        }
        catch (PulseRunException error)
        {
            Report(error, item);
        }
    }

    /// <summary>Removes the progress line before another program uses the terminal.</summary>
    public void HideProgress() => _progress?.Complete();

    /// <summary>Ends the work. The engine calls it in every case, and calls no other method when a downstream cmdlet ended the pipeline.</summary>
    public void Dispose()
    {
        End();
        _stop.Dispose();
        _pump.Dispose();
    }

    private void WriteReady()
    {
        _pump.Drain();
        _work?.Flush(Write);
        Tick(total: null);
    }

    private void Finish()
    {
        FlushQueue();
        _progress?.Complete();
    }

    private void Write(WorkItem item) => item.Write(cmdlet.WriteObject, error => Report(error, item.Target));

    /// <summary>Writes what is ready until the job is done; without a job, until all queued work is written.</summary>
    private void PumpUntilDone()
    {
        while (true)
        {
            _pump.Rearm();
            // This is evaluated before draining, so that everything that was posted before the end is written.
            bool done = IsDone;
            _pump.Drain();
            _work?.Flush(Write);
            if (done)
                return;
            Tick(_work?.Total);
            if (!IsDone)
                _pump.Wait(_progress?.Interval ?? Progress.LongestInterval, StopToken);
            // While items wait for a worker, results are written in batches, so that this thread is not woken for each.
            if (_work is { HasBacklog: true })
                Thread.Sleep(1);
        }
    }

    private bool IsDone => _job is { } job ? job.IsCompleted : _work is not { IsFlushed: false };

    /// <summary>Updates the progress line, but not in the first second, so that quick work does not flicker.</summary>
    private void Tick(int? total)
    {
        if ((Stopwatch.GetTimestamp() - _started) / Stopwatch.Frequency < 1 || !cmdlet.ShowsProgress)
            return;
        _progress ??= new Progress(cmdlet);
        if (_work is { } work)
            _progress.Tick(work.Done, total, work.Failed, WaitingFor, ProgressDetail?.Invoke());
        else if (_job is not null)
            _progress.Tick(0, null, 0, WaitingFor, ProgressDetail?.Invoke());
    }

    private WaitNotice NewNotice() =>
        new(_isWaitShown && (!cmdlet.ShowsProgress || HostEnvironment.HasTerminal) ? null : text => Post(writer => writer.WriteWarning(text)));

    /// <summary>Writes a pending warning about the local store, such as a damaged file that was replaced. Does not open the store.</summary>
    private void WarnOfStore()
    {
        if (Stores.TakeNotice() is { } notice)
            cmdlet.WriteWarning(notice);
    }

    /// <summary>Cancels the work, waits for it briefly, and warns about requests that were sent and not confirmed. A second call does nothing.</summary>
    private void End()
    {
        if (_ended)
            return;
        _ended = true;
        _stop.Cancel();
        Task[] running = new[] { _job, _work?.WhenIdle }.OfType<Task>().Where(static task => !task.IsCompleted).ToArray();
        try
        {
#pragma warning disable VSTHRD002 // The engine waits for this method, and the wait is short and bounded.
            Task.WaitAll(running, s_joinLimit);
#pragma warning restore VSTHRD002
        }
        catch (AggregateException)
        {
            // The streams are closed, so the failure of cancelled work cannot be written.
        }
        if (_work?.Unconfirmed() is { Count: > 0 } open)
        {
            WarnAtTheEnd("The command ended before every request was answered: " + cmdlet.Verb + " was sent and is not confirmed for "
                + string.Join("; ", open) + ". " + cmdlet.AdviceForPending);
        }
        if (cmdlet.LastWords() is { } words)
            WarnAtTheEnd(words);
        Span?.End();
    }

    private void WarnAtTheEnd(string message)
    {
        try
        {
            if (!cmdlet.Stopping)
            {
                cmdlet.WriteWarning(message);
                return;
            }
        }
        catch (Exception error) when (error is PipelineStoppedException or InvalidOperationException)
        {
            // The engine rejects output of a stopped cmdlet.
        }
        // The only place that writes to the host directly: the streams are closed, and the warning may be about instances that are billed.
        cmdlet.Host.UI.WriteWarningLine(message);
    }

    private void WakeQuietly()
    {
        try
        {
            _pump.Wake();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet ended and disposed the pump before this task completed.
        }
    }
}
