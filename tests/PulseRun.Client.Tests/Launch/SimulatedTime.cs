using System;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.Http;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Runs everything on one thread with one clock. Without a synchronization context, code that waits for a timer continues inside the timer's call, so that all work is done when the clock has been advanced.</summary>
internal sealed class SimulatedTime
{
    private static readonly TimeSpan s_step = TimeSpan.FromSeconds(0.25);

    /// <summary>The limit of a simulated test: one day, which no test reaches.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromDays(1);

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public Task WaitAsync(TimeSpan time) => Delay.For(time, Clock, CancellationToken.None);

    public void Run(Func<Task> start)
    {
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var task = start();
            for (var left = s_limit; !task.IsCompleted; left -= s_step)
            {
                if (left < TimeSpan.Zero)
                    throw new TimeoutException("It does not end.");
                Clock.Advance(s_step);
                // Work that HttpClient hands to other threads takes a moment of real time.
                Thread.Sleep(1);
            }
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }
}
