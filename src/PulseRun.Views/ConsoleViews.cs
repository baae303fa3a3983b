using System;
using System.IO;
#if NET
using System.Runtime.InteropServices;
#endif
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Report;
using PulseRun.Core.Views;
using PulseRun.Core.Watch;
using PulseRun.Views.Fleet;
using PulseRun.Views.Report;

namespace PulseRun.Views;

/// <summary>Shows views on the terminal of this process.</summary>
internal sealed class ConsoleViews(TimeProvider time) : IViews
{
    public bool CanDraw => !Console.IsOutputRedirected && !Console.IsInputRedirected && ConsoleTerminal.HasAnsi();

    public async Task DrawAsync(WatchOptions options, Func<Action<FleetFrame>, CancellationToken, Task<FleetFrame>> refresh, CancellationToken cancel)
    {
        using var screen = new FleetScreen(new ConsoleTerminal(), options, time);
        // Ctrl+C restores the terminal at once, because a running request may take some time to end.
        using CancellationTokenRegistration ended = cancel.Register(screen.Dispose);
#if NET
        // The signal ends the process. The terminal outlives it, and would show neither its cursor nor what was on it before. SIGHUP needs nothing: the terminal itself has ended.
        using PosixSignalRegistration terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => screen.Dispose());
#endif
        await new FleetLoop(options, refresh, time).DrawAsync(screen, cancel).ConfigureAwait(false);
    }

    public Task RepeatAsync(WatchOptions options, Func<CancellationToken, Task<FleetFrame>> refresh, Action<FleetFrame> onFrame, CancellationToken cancel) =>
        new FleetLoop(options, (_, token) => refresh(token), time).RunAsync(onFrame, cancel);

    public void WriteReport(FleetReport report, TextWriter to) => ReportPage.Write(report, to);

    public void WriteReportJson(FleetReport report, TextWriter to) => ReportJson.Write(report, to);

    public ReportFigures ReadReportJson(Stream from) => ReportJson.Read(from);
}
