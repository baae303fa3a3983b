using System;
using System.Diagnostics;
using System.Threading.Tasks;

namespace PulseRun.PowerShell.Completion;

/// <summary>How long one Tab may still take. What is not there by then goes on in the background, for the next Tab.</summary>
internal sealed class TimeBudget
{
    /// <summary>The whole of a Tab is to be felt as immediate (250 ms), and the shell wants its share of that.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(150);

    private readonly Stopwatch _watch = Stopwatch.StartNew();

    public TimeSpan Left => _watch.Elapsed < s_limit ? s_limit - _watch.Elapsed : TimeSpan.Zero;

    /// <summary>Waits for a task that never fails; one that has been under way for longer than a Tab's time is not waited for.</summary>
    /// <returns>Whether it is done.</returns>
    public bool Waits(Task task, TimeSpan age)
    {
        TimeSpan left = Left - age;
#pragma warning disable VSTHRD002 // A completer has to answer; the task is on the pool and asks nothing of this thread.
        return task.IsCompleted || left > TimeSpan.Zero && task.Wait(left);
#pragma warning restore VSTHRD002
    }

    /// <summary>Asks on another thread, as a disk may be slow and a lock held.</summary>
    /// <returns>Null when it fails or does not come in time.</returns>
    public T? Get<T>(Func<T?> ask)
        where T : class
    {
        Task<T?> asking = Task.Run(() =>
        {
            try
            {
                return ask();
            }
#pragma warning disable CA1031 // A Tab has no way to say what went wrong, and the command itself will.
            catch (Exception)
#pragma warning restore CA1031
            {
                return null;
            }
        });
#pragma warning disable VSTHRD002 // It has completed.
        return Waits(asking, TimeSpan.Zero) ? asking.Result : null;
#pragma warning restore VSTHRD002
    }
}
