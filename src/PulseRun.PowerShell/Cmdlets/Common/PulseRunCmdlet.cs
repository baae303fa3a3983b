using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.PowerShell.Errors;
using PulseRun.PowerShell.Pipeline;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>
/// What every cmdlet here has in common: asynchronous work that writes through the pipeline thread, and an end, however it
/// comes (Ctrl+C, Select-Object -First, a throw downstream), that cancels that work and leaves nothing running.
/// </summary>
public abstract class PulseRunCmdlet : PSCmdlet, IDisposable
{
    /// <summary>How long an end waits for cancelled work. The shell must be back within 200 ms even if a server hangs.</summary>
    private static readonly TimeSpan s_joinLimit = TimeSpan.FromMilliseconds(120);

    private readonly CancellationTokenSource _stop = new();
    private readonly Pump _pump = new();
    private readonly PendingActs _acts = new();
    private CmdletObserver? _observer;
    private ProgressMeter? _meter;
    private OrderedWork? _work;
    private Task? _job;
    private bool _ended;
    private bool _yesToAll;
    private bool _noToAll;

    /// <summary>Cancelled by Ctrl+C and by every other end.</summary>
    /// <remarks>Not named PipelineStopToken: PowerShell 7.6 has that on Cmdlet itself.</remarks>
    internal CancellationToken StopToken => _stop.Token;

    internal CmdletObserver Observer => _observer ??= new CmdletObserver(this, _pump);

    private ProgressMeter Meter => _meter ??= new ProgressMeter(this, MyInvocation.MyCommand.Name);

    /// <summary>What this cmdlet does to an instance, for messages: "stop", "launch".</summary>
    internal virtual string Verb => MyInvocation.MyCommand.Name;

    /// <summary>How a user finds out what became of acts that were sent and not answered.</summary>
    internal virtual string AdviceForPending => "Look with Get-PRInstance.";

    /// <summary>Whether long work shows a progress line; not where it would be drawn over a picture.</summary>
    internal virtual bool ShowsProgress => true;

    /// <summary>Whether an error ends the cmdlet, as no other item can fare better.</summary>
    internal virtual bool IsFatal(PulseRunException error) => ErrorRecords.IsFatal(error);

    /// <summary>Runs before the first item.</summary>
    protected virtual void OnBegin()
    {
    }

    /// <summary>Runs for each item of the pipeline, or once without one.</summary>
    protected virtual void OnRecord()
    {
    }

    /// <summary>Runs after the last item.</summary>
    protected virtual void OnEnd()
    {
    }

    /// <summary>Runs when all queued work is done and its results are written.</summary>
    protected virtual void OnFlushed()
    {
    }

    /// <summary>Runs after each of these steps, whether it failed or not: for what the user must be told in any case.</summary>
    protected virtual void OnStepped()
    {
    }

    /// <summary>Runs once at the end, however it came. The streams are closed.</summary>
    protected virtual void OnDisposed()
    {
    }

    /// <summary>Begins.</summary>
    protected sealed override void BeginProcessing() => Guard(OnBegin);

    /// <summary>Takes an item.</summary>
    protected sealed override void ProcessRecord() => Guard(() =>
    {
        OnRecord();
        PumpOnce();
    });

    /// <summary>Ends.</summary>
    protected sealed override void EndProcessing() => Guard(() =>
    {
        OnEnd();
        PumpUntil(() => _work is not { IsFlushed: false });
        OnFlushed();
        // What that had to say, it posted.
        _pump.Drain();
        _meter?.Complete();
    });

    /// <summary>Called on another thread by Ctrl+C and PowerShell.Stop().</summary>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Called by the engine however the pipeline ended; the only call when a downstream cmdlet ended it.</summary>
    public void Dispose()
    {
        End();
        OnDisposed();
        _stop.Dispose();
        _pump.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs one asynchronous job and writes what it posts, until it is done. A failure is one error on <paramref name="target"/>.</summary>
    internal void RunToEnd(Func<CancellationToken, Task> job, object? target)
    {
        Task running = Task.Run(() => job(StopToken), StopToken);
        _job = running;
        // Not awaited: it only wakes the loop below, which looks at the task itself.
        _ = running.ContinueWith(_ => WakeQuietly(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        PumpUntil(() => running.IsCompleted);
        _job = null;
        if (running.IsCanceled && StopToken.IsCancellationRequested)
            throw new OperationCanceledException(StopToken);
        if (running.Exception is { } failure)
            Report(failure.GetBaseException(), target);
    }

    /// <summary>Posts rows from a job; waits when the pipeline is far behind.</summary>
    internal void PostRows<T>(IReadOnlyList<T> rows) => _pump.PostBatch(() => WriteObject(rows, enumerateCollection: true), StopToken);

    /// <summary>Posts an error from a job.</summary>
    internal void PostError(Exception error, object? target) => _pump.Post(() => Report(error, target));

    /// <summary>Queues work on one item. Results come in the order of the calls.</summary>
    /// <param name="id">The instance or launch, as the user is to be told of it.</param>
    /// <param name="target">TargetObject of its error.</param>
    /// <param name="throttle">How many items at once.</param>
    /// <param name="work">Does it; what it answers is written.</param>
    internal void Queue(string id, object? target, int throttle, Func<ICallObserver, CancellationToken, Task<object?>> work)
    {
        _work ??= new OrderedWork(throttle, _pump, StopToken);
        ItemObserver observer = new(Observer, _acts, id);
        _work.Add(cancel => WorkOnAsync(observer, target, work, cancel));
    }

    /// <summary>Asks or tells, through ShouldProcess and on the pipeline thread, before anything is sent.</summary>
    /// <param name="target">What it is done to, as a person recognises it.</param>
    /// <param name="action">What is done.</param>
    /// <param name="force">Skips the question; never -WhatIf, nor a -Confirm that was asked for.</param>
    internal bool Confirms(string target, string action, bool force = false)
    {
        if (force && !IsWhatIf && !IsConfirmAsked)
        {
            WriteVerbose(action + ": " + target);
            return true;
        }
        return Ask(target, action, () => ShouldProcess(target, action));
    }

    /// <summary>Asks even at a moderate impact, unless told not to by -Force or -Confirm:$false. For what cannot be undone, in a cmdlet that does milder things too.</summary>
    internal bool Insists(string target, string action, bool force)
    {
        if (!Confirms(target, action, force))
            return false;
        bool isAnswered = IsConfirmAsked || MyInvocation.BoundParameters.ContainsKey("Confirm");
        return force || isAnswered || Ask(target, action, () => ShouldContinue(action + ": " + target + "?", MyInvocation.MyCommand.Name, ref _yesToAll, ref _noToAll));
    }

    private bool Ask(string target, string action, Func<bool> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception error) when (error is not PipelineStoppedException && !Stopping && IsPromptFailure(error))
        {
            throw new PulseRunException(ErrorIds.InvalidRequest,
                action + ": " + target + ": this needs a confirmation, and the host cannot ask. Pass -Confirm:$false"
                + (MyInvocation.MyCommand.Parameters.ContainsKey("Force") ? " or -Force" : "") + " to do it without asking. Nothing was sent.", error)
            {
                Field = "Confirm",
            };
        }
    }

    /// <summary>Writes one item's error; one that every item would meet ends the cmdlet instead.</summary>
    internal void Report(Exception error, object? target)
    {
        ErrorRecord record = ErrorRecords.From(error, target);
        if (error is PulseRunException ours && IsFatal(ours))
        {
            _work?.FlushSuccesses();
            End();
            ThrowTerminatingError(record);
        }
        WriteError(record);
    }

    /// <summary>Takes one item of the user's: what is wrong with it is its own error, and the rest goes on. On the pipeline thread.</summary>
    internal void Take(object? item, Action take)
    {
        try
        {
            take();
        }
        catch (PulseRunException error)
        {
            Report(error, item);
        }
    }

    /// <summary>Whether a stream is shown: by its switch, else by its preference variable.</summary>
    internal bool IsStreamOn(string stream)
    {
        if (MyInvocation.BoundParameters.TryGetValue(stream, out object? bound) && bound is SwitchParameter on)
            return on;
        object? preference = SessionState.PSVariable.GetValue(stream + "Preference");
        return preference is not null
            && !string.Equals(preference.ToString(), nameof(ActionPreference.SilentlyContinue), StringComparison.OrdinalIgnoreCase)
            && !string.Equals(preference.ToString(), nameof(ActionPreference.Ignore), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Takes the progress line away, for a program that gets the terminal.</summary>
    internal void HideProgress() => _meter?.Complete();

    /// <summary>Whether only a tale is asked for, by -WhatIf or $WhatIfPreference.</summary>
    internal bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out object? bound)
        ? bound is SwitchParameter { IsPresent: true }
        : LanguagePrimitives.IsTrue(SessionState.PSVariable.GetValue("WhatIfPreference"));

    private bool IsConfirmAsked => MyInvocation.BoundParameters.TryGetValue("Confirm", out object? bound) && bound is SwitchParameter { IsPresent: true };

    /// <summary>What a host without a prompt throws: PSInvalidOperationException under -NonInteractive, HostException or NotImplementedException elsewhere.</summary>
    private static bool IsPromptFailure(Exception error) =>
        error is System.Management.Automation.Host.HostException or InvalidOperationException or NotImplementedException;

    private async Task<Outcome> WorkOnAsync(ItemObserver observer, object? target, Func<ICallObserver, CancellationToken, Task<object?>> work, CancellationToken cancel)
    {
        try
        {
            object? result = await work(observer, cancel).ConfigureAwait(false);
            observer.Answered();
            return new Outcome(() =>
            {
                if (result is not null)
                    WriteObject(result);
            });
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Neither done nor failed: what was sent stays among the pending acts, which the end reports.
            return new Outcome(static () => { }, Failed: true);
        }
        catch (Exception error)
        {
            observer.Answered();
            if (error is PulseRunException ours && IsFatal(ours))
                _work?.Close();
            return new Outcome(() => Report(error, target), Failed: true);
        }
    }

    private void PumpOnce()
    {
        _pump.Drain();
        _work?.Flush();
        Tick(total: null);
    }

    private void PumpUntil(Func<bool> finished)
    {
        while (true)
        {
            _pump.Rearm();
            // Asked before draining, so that nothing posted before the end is left behind.
            bool done = finished();
            _pump.Drain();
            _work?.Flush();
            if (done)
                return;
            Tick(_work?.Total);
            if (!finished())
                _pump.Wait(Meter.Interval, StopToken);
        }
    }

    private void Tick(int? total)
    {
        if (!ShowsProgress)
            return;
        if (_work is { } work)
            Meter.Tick(work.Done, total, work.Failed, Observer.WaitingFor);
        else if (_job is not null)
            Meter.Tick(0, null, 0, Observer.WaitingFor);
    }

    private void Guard(Action step)
    {
        try
        {
            try
            {
                step();
            }
            catch (PulseRunException)
            {
                OnStepped();
                throw;
            }
            OnStepped();
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            End();
            throw new PipelineStoppedException();
        }
        catch (PulseRunException error)
        {
            End();
            ThrowTerminatingError(ErrorRecords.From(error, error.Field));
        }
        catch
        {
            End();
            throw;
        }
    }

    /// <summary>Cancels what runs, waits for it briefly, and tells what was sent and not confirmed. Does its work once.</summary>
    private void End()
    {
        if (_ended)
            return;
        _ended = true;
        _stop.Cancel();
        Task[] running = new[] { _job, _work?.WhenIdle }.OfType<Task>().Where(static task => !task.IsCompleted).ToArray();
        try
        {
#pragma warning disable VSTHRD002 // The engine wants us gone, and the wait is short and bounded.
            Task.WaitAll(running, s_joinLimit);
#pragma warning restore VSTHRD002
        }
        catch (AggregateException)
        {
            // Cancelled or failed work has nobody left to tell.
        }
        IReadOnlyList<string> open = _acts.TakeAll();
        if (open.Count > 0)
            WarnAtTheEnd(PendingActs.Describe(Verb, open, AdviceForPending));
    }

    private void WarnAtTheEnd(string message)
    {
        try
        {
            if (!Stopping)
            {
                WriteWarning(message);
                return;
            }
        }
        catch (Exception error) when (error is PipelineStoppedException or InvalidOperationException)
        {
            // The engine takes no more output from a stopped cmdlet.
        }
        // The one place that writes to the host: money may hang on it, and no stream is left.
        Host.UI.WriteWarningLine(message);
    }

    private void WakeQuietly()
    {
        try
        {
            _pump.Wake();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet has ended without waiting for this task.
        }
    }
}
