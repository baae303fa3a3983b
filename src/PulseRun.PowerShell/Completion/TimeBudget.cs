using System;
using System.Diagnostics;
using System.Threading.Tasks;

namespace PulseRun.PowerShell.Completion;

/// <summary>Limits the time of one completion. Work that is not finished by then continues in the background, for the next completion.</summary>
internal sealed class TimeBudget
{
    /// <summary>Completion feels immediate up to about 250 ms; 100 ms of these are left to the shell.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(150);

    /// <summary>The limit of the first completion of a process, which also loads the client and sends the first request: 300 ms with what the shell needs.</summary>
    private static readonly TimeSpan s_firstLimit = TimeSpan.FromMilliseconds(250);

    private TimeSpan _limit = s_limit;

    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public TimeSpan Left => _watch.Elapsed < _limit ? _limit - _watch.Elapsed : TimeSpan.Zero;

    /// <summary>Allows the time of a first completion, for an account of which nothing is known yet.</summary>
    public void AllowFirst() => _limit = s_firstLimit;

    /// <summary>Waits for a task that never fails, until the budget is used up. A task that already runs for longer than the whole budget is not waited for.</summary>
    /// <returns>True when the task has completed.</returns>
    public bool Waits(Task task, TimeSpan age)
    {
        TimeSpan left = Left - age;
#pragma warning disable VSTHRD002 // A completer is synchronous; the task runs on the thread pool and never needs this thread.
        return task.IsCompleted || left > TimeSpan.Zero && task.Wait(left);
#pragma warning restore VSTHRD002
    }

    /// <summary>Runs a function on the thread pool, because it may wait for a slow disk or for a lock.</summary>
    /// <returns>The result; null when the function fails or does not complete in time.</returns>
    public T? Get<T>(Func<T?> ask)
        where T : class
    {
        Task<T?> asking = Task.Run(() =>
        {
            try
            {
                return ask();
            }
#pragma warning disable CA1031 // Completion cannot report an error, and the command itself will report it.
            catch (Exception)
#pragma warning restore CA1031
            {
                return null;
            }
        });
#pragma warning disable VSTHRD002 // The task has completed.
        return Waits(asking, TimeSpan.Zero) ? asking.Result : null;
#pragma warning restore VSTHRD002
    }
}
