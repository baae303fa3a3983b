using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;

namespace PulseRun.Client.Tests.Support;

/// <summary>Runs everything on one thread with one clock. Time advances only when no work is left, so that a simulated hour is always the same.</summary>
internal sealed class Stepper : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

    public void Run(Func<Task> start, TimeSpan step)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var task = start();
            while (!task.IsCompleted)
            {
                while (_work.Count > 0)
                {
                    var (callback, state) = _work.Dequeue();
                    callback(state);
                }
                if (!task.IsCompleted)
                    Time.Advance(step);
            }
            task.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public Task Delay(TimeSpan time)
    {
        var done = new TaskCompletionSource<bool>();
        var timer = Time.CreateTimer(_ => Post(_ => done.TrySetResult(true), null), null, time, Timeout.InfiniteTimeSpan);
        return Finish();

        async Task Finish()
        {
#pragma warning disable VSTHRD003 // The task is completed by the timer above.
            await done.Task;
#pragma warning restore VSTHRD003
            await timer.DisposeAsync();
        }
    }
}
