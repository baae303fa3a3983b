using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Report;
using PulseRun.Core.Watch;

namespace PulseRun.Core.Views;

/// <summary>What is drawn rather than put out: the live view in a terminal, and the report page.</summary>
internal interface IViews
{
    /// <summary>Whether standard output is a terminal that can be drawn on, and standard input one that has keys.</summary>
    bool CanDraw { get; }

    /// <summary>Shows refreshes until q, Esc, the last refresh or <paramref name="cancel"/>. However it ends, the terminal is as it was.</summary>
    /// <param name="options">How it goes on.</param>
    /// <param name="refresh">Looks at the fleet.</param>
    /// <param name="cancel">Ends it at once.</param>
    Task DrawAsync(WatchOptions options, Func<CancellationToken, Task<FleetFrame>> refresh, CancellationToken cancel);

    /// <summary>The same without a terminal: hands each refresh over.</summary>
    /// <param name="options">How it goes on.</param>
    /// <param name="refresh">Looks at the fleet.</param>
    /// <param name="onFrame">Gets what each refresh saw.</param>
    /// <param name="cancel">Ends it at once.</param>
    Task RepeatAsync(WatchOptions options, Func<CancellationToken, Task<FleetFrame>> refresh, Action<FleetFrame> onFrame, CancellationToken cancel);

    /// <summary>Writes a report as one page that needs nothing else: no script, no other file, no network.</summary>
    void WriteReport(FleetReport report, TextWriter to);
}
