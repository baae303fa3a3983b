using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Watch;

namespace PulseRun.Views.Fleet;

/// <summary>Refreshes, again and again: from the start of one to the start of the next it is the interval, or as long as one takes.</summary>
internal sealed class FleetLoop(WatchOptions options, Func<CancellationToken, Task<FleetFrame>> refresh, TimeProvider time)
{
    /// <summary>How long a key waits to be seen. Asking is all a console offers: a blocking read would keep the key after the one that ends the view.</summary>
    private static readonly TimeSpan s_keys = TimeSpan.FromMilliseconds(50);

    /// <summary>Without a terminal.</summary>
    public Task RunAsync(Action<FleetFrame> onFrame, CancellationToken cancel) => RepeatAsync(static () => { }, (frame, _) => onFrame(frame), cancel);

    /// <summary>On a terminal.</summary>
    public async Task DrawAsync(FleetScreen screen, CancellationToken cancel)
    {
        using var quit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        screen.Show(null, null);
        Task repeating = RepeatAsync(() => screen.Show(null, null), (frame, next) => screen.Show(frame, next), quit.Token);
        while (!repeating.IsCompleted)
        {
#pragma warning disable VSTHRD103 // net472 has no CancelAsync, and nothing that hears of this takes long.
            if (!screen.Obey(options.Waiting()))
                quit.Cancel();
#pragma warning restore VSTHRD103
            await Task.WhenAny(repeating, Delay.For(s_keys, time, quit.Token)).ConfigureAwait(false);
        }
        try
        {
            await repeating.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (quit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            // That was q.
        }
        screen.Keep();
    }

    private async Task RepeatAsync(Action onStart, Action<FleetFrame, DateTimeOffset> onFrame, CancellationToken cancel)
    {
        for (int done = 1; ; done++)
        {
            long started = time.GetTimestamp();
            onStart();
            FleetFrame frame = await refresh(cancel).ConfigureAwait(false);
            TimeSpan left = options.Interval - time.GetElapsedTime(started);
            if (left < TimeSpan.Zero)
                left = TimeSpan.Zero;
            onFrame(frame, time.GetUtcNow() + left);
            if (done == options.Refreshes)
                return;
            // A timer counts in whole milliseconds and may end a part of one early.
            do
            {
                await Delay.For(left, time, cancel).ConfigureAwait(false);
                left = options.Interval - time.GetElapsedTime(started);
            }
            while (left > TimeSpan.Zero);
        }
    }
}
