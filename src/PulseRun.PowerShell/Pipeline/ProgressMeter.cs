using System;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Threading;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>Shows how far long work has got. Silent for the first second, so that quick work does not flicker.</summary>
internal sealed class ProgressMeter(PulseRun.PowerShell.Cmdlets.PulseRunCmdlet cmdlet, string activity)
{
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(1);
    private static int s_lastId;

    // Two of our cmdlets in one pipeline both show progress: each needs a line of its own.
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _on = cmdlet.IsStreamOn("Progress");
    private TimeSpan _last;
    private bool _shown;

    /// <summary>How long the pipeline thread may sleep before the line wants a new look.</summary>
    public TimeSpan Interval => _on ? TimeSpan.FromMilliseconds(250) : Timeout.InfiniteTimeSpan;

    /// <summary>Updates the line. On the pipeline thread.</summary>
    /// <param name="done">Items done.</param>
    /// <param name="total">Items in all; null while unknown.</param>
    /// <param name="failed">Items failed so far.</param>
    /// <param name="waiting">What is being waited for; null when work goes on.</param>
    public void Tick(int done, int? total, int failed, string? waiting)
    {
        TimeSpan now = _clock.Elapsed;
        if (!_on || now < s_quiet || now - _last < TimeSpan.FromMilliseconds(200))
            return;
        _last = now;
        _shown = true;
        string status = total is { } all
            ? string.Format(CultureInfo.InvariantCulture, "{0}/{1}", done, all)
            : done.ToString(CultureInfo.InvariantCulture);
        if (failed > 0)
            status += string.Format(CultureInfo.InvariantCulture, ", {0} failed", failed);
        if (waiting is not null)
            status += ", waiting: " + waiting;
        cmdlet.WriteProgress(new ProgressRecord(_id, activity, status)
        {
            PercentComplete = total is > 0 ? (int)(100L * done / total.Value) : -1,
        });
    }

    /// <summary>Takes the line away. On the pipeline thread.</summary>
    public void Complete()
    {
        if (!_shown)
            return;
        _shown = false;
        cmdlet.WriteProgress(new ProgressRecord(_id, activity, "done") { RecordType = ProgressRecordType.Completed });
    }
}
