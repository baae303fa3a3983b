using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Report;
using PulseRun.Core.Watch;

namespace PulseRun.Core.Views;

/// <summary>Displays data that is drawn instead of written to the pipeline: the live view in a terminal, and the report page.</summary>
internal interface IViews
{
    /// <summary>True when standard output is a terminal that can be drawn on and standard input can read single keys.</summary>
    bool CanDraw { get; }

    /// <summary>Displays refreshes until q, Esc, the last refresh or <paramref name="cancel"/>. Restores the terminal however it ends.</summary>
    /// <param name="options">The options of the view.</param>
    /// <param name="refresh">Reads the fleet. Its argument displays a list whose readings are still to come.</param>
    /// <param name="cancel">Ends the view at once.</param>
    Task DrawAsync(WatchOptions options, Func<Action<FleetFrame>, CancellationToken, Task<FleetFrame>> refresh, CancellationToken cancel);

    /// <summary>Repeats refreshes without a terminal and passes on each result.</summary>
    /// <param name="options">The options of the view.</param>
    /// <param name="refresh">Reads the fleet.</param>
    /// <param name="onFrame">Receives the result of each refresh.</param>
    /// <param name="cancel">Ends the view at once.</param>
    Task RepeatAsync(WatchOptions options, Func<CancellationToken, Task<FleetFrame>> refresh, Action<FleetFrame> onFrame, CancellationToken cancel);

    /// <summary>Writes a report as one self-contained page, without scripts, other files or network access.</summary>
    void WriteReport(FleetReport report, TextWriter to);

    /// <summary>Writes a report as JSON.</summary>
    void WriteReportJson(FleetReport report, TextWriter to);

    /// <summary>Reads the figures of an earlier report from JSON.</summary>
    /// <exception cref="InvalidDataException">This is no such report.</exception>
    ReportFigures ReadReportJson(Stream from);
}
