using System;
using System.Diagnostics;
using System.Globalization;
using System.Management.Automation;
using System.Threading;

namespace PulseRun.PowerShell.Running;

/// <summary>Shows the progress of long work.</summary>
internal sealed class Progress(PSCmdlet cmdlet)
{
    /// <summary>The longest time that the pipeline thread may wait while the line is shown.</summary>
    public static TimeSpan LongestInterval => TimeSpan.FromMilliseconds(250);

    private static int s_lastId;

    // Two cmdlets of one pipeline can both show progress: each needs a line of its own.
    private readonly int _id = Interlocked.Increment(ref s_lastId);
    private readonly string _activity = cmdlet.MyInvocation.MyCommand.Name;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly bool _on = StreamPreference.IsOn(cmdlet, "Progress");
    private TimeSpan? _last;
    private bool _shown;

    /// <summary>Gets the longest time that the pipeline thread may wait before it must update the line.</summary>
    public TimeSpan Interval => _on ? LongestInterval : Timeout.InfiniteTimeSpan;

    /// <summary>Updates the line, on the pipeline thread.</summary>
    /// <param name="done">The number of completed items.</param>
    /// <param name="total">The number of all items; null while it is unknown.</param>
    /// <param name="failed">The number of items that failed.</param>
    /// <param name="waiting">The reason for a wait; null while no wait is under way.</param>
    /// <param name="detail">A text such as the bytes, and its percentage; null for none.</param>
    public void Tick(int done, int? total, int failed, string? waiting, (string Text, int Percent)? detail = null)
    {
        TimeSpan now = _clock.Elapsed;
        if (!_on || now - _last < TimeSpan.FromMilliseconds(200))
            return;
        _last = now;
        _shown = true;
        string status = total is { } all
            ? string.Format(CultureInfo.InvariantCulture, "{0}/{1}", done, all)
            : done.ToString(CultureInfo.InvariantCulture);
        if (failed > 0)
            status += string.Format(CultureInfo.InvariantCulture, ", {0} failed", failed);
        if (detail is { Text: var text })
            status += ", " + text;
        if (waiting is not null)
            status += ", waiting: " + waiting;
        cmdlet.WriteProgress(new ProgressRecord(_id, _activity, status)
        {
            PercentComplete = detail is { Percent: >= 0 and var percent } ? percent : total is > 0 ? (int)(100L * done / total.Value) : -1,
        });
    }

    /// <summary>Removes the line, on the pipeline thread.</summary>
    public void Complete()
    {
        if (!_shown)
            return;
        _shown = false;
        cmdlet.WriteProgress(new ProgressRecord(_id, _activity, "done") { RecordType = ProgressRecordType.Completed });
    }
}
