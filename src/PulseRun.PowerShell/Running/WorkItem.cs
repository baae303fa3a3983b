using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun.PowerShell.Running;

/// <summary>Represents the work on one item of the input, and its outcome.</summary>
/// <param name="label">The name of the item in messages: an id, or the description of a launch.</param>
/// <param name="target">The TargetObject of the item's error.</param>
/// <param name="observer">The observer for the requests of this item.</param>
/// <param name="work">Does the work. A result other than null is written to the pipeline.</param>
/// <param name="written">Called on the pipeline thread after the result or the error was written; null for nothing.</param>
internal sealed class WorkItem(string label, object? target, CallObserver observer, Func<ICallObserver, CancellationToken, Task<object?>> work, Action? written)
{
    private volatile bool _isDone;

    public string Label { get; } = label;

    public object? Target { get; } = target;

    /// <summary>Gets the result. Valid when <see cref="IsDone"/>.</summary>
    public object? Result { get; private set; }

    /// <summary>Gets the failure; null for a success. Valid when <see cref="IsDone"/>.</summary>
    public Exception? Error { get; private set; }

    /// <summary>True when the outcome is known. Cancelled work has no outcome.</summary>
    public bool IsDone => _isDone;

    /// <summary>True when a request that changes something was sent for this item and its outcome is unknown.</summary>
    public bool IsUnconfirmed => observer.WasSent && !_isDone;

    /// <summary>Runs the work on a worker thread. Never throws: a failure becomes <see cref="Error"/>.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            Result = await work(observer, cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return;
        }
        catch (Exception error)
        {
            Error = error;
        }
        _isDone = true;
    }

    /// <summary>Writes the result or the error on the pipeline thread, and then calls the callback. A result of null is not written.</summary>
    public void Write(Action<object> writeResult, Action<Exception> writeError)
    {
        if (Error is not null)
            writeError(Error);
        else if (Result is not null)
            writeResult(Result);
        else
            return;
        written?.Invoke();
    }
}
