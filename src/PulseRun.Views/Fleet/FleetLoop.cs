using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Watch;

namespace PulseRun.Views.Fleet;

/// <summary>Refreshes the view repeatedly. The time between the starts of two refreshes is the interval, or the duration of a refresh if that is longer.</summary>
internal sealed class FleetLoop(WatchOptions options, Func<Action<FleetFrame>, CancellationToken, Task<FleetFrame>> refresh, TimeProvider time)
{
    /// <summary>The interval at which keys are polled. A blocking read is not used, because it would still be waiting when the view ends and would take the next key from the shell.</summary>
    private static readonly TimeSpan s_keys = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs the loop without a terminal.</summary>
    public Task RunAsync(Action<FleetFrame> onFrame, CancellationToken cancel) => RepeatAsync(static () => { }, static _ => { }, (frame, _) => onFrame(frame), cancel);

    /// <summary>Runs the loop on a terminal, until the refreshes are done or the user ends the view.</summary>
    public async Task DrawAsync(FleetScreen screen, CancellationToken cancel)
    {
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        screen.Show(null, null);
        Task repeating = RepeatAsync(() => screen.Show(null, null), list => screen.Show(list, null), (frame, next) => screen.Show(frame, next), quit.Token);
        while (!repeating.IsCompleted)
        {
#pragma warning disable VSTHRD103 // .NET Framework lacks CancelAsync, and the callbacks of this token are short.
            if (!screen.Obey(options.Waiting()))
                quit.Cancel();
#pragma warning restore VSTHRD103
            await Task.WhenAny(repeating, time.Delay(s_keys, quit.Token)).ConfigureAwait(false);
        }
        try
        {
            await repeating.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (quit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            // The user pressed q or Esc.
        }
        screen.Keep();
    }

    private async Task RepeatAsync(Action onStart, Action<FleetFrame> onList, Action<FleetFrame, DateTimeOffset> onFrame, CancellationToken cancel)
    {
        for (int done = 1; ; done++)
        {
            long started = time.GetTimestamp();
            onStart();
            FleetFrame frame = await refresh(onList, cancel).ConfigureAwait(false);
            TimeSpan left = options.Interval - time.GetElapsedTime(started);
            if (left < TimeSpan.Zero)
                left = TimeSpan.Zero;
            onFrame(frame, time.GetUtcNow() + left);
            if (done == options.Refreshes)
                return;
            // A timer has a resolution of one millisecond and may end slightly early, so the elapsed time is checked.
            do
            {
                await time.Delay(left, cancel).ConfigureAwait(false);
                left = options.Interval - time.GetElapsedTime(started);
            }
            while (left > TimeSpan.Zero);
        }
    }
}
