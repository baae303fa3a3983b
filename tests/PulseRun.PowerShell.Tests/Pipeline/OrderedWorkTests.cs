using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.PowerShell.Pipeline;
using Xunit;

namespace PulseRun.PowerShell.Tests.Pipeline;

public sealed class OrderedWorkTests : IDisposable
{
    private readonly Pump _pump = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly List<int> _written = [];

    public void Dispose()
    {
        _pump.Dispose();
        _cancel.Dispose();
    }

    private OrderedWork Work(int throttle) => new(throttle, _pump, _cancel.Token);

    private PulseRun.PowerShell.Pipeline.Outcome Written(int i, bool failed = false) => new(() => _written.Add(i), failed);

    private static TaskCompletionSource Gate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gives results back until a condition holds, 20 seconds at most.</summary>
    private static void FlushUntil(OrderedWork work, Func<bool> condition) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            work.Flush();
            return condition();
        },
        TimeSpan.FromSeconds(20)));

    [Fact]
    public void Results_come_in_the_order_of_the_items()
    {
        OrderedWork work = Work(3);
        TaskCompletionSource first = Gate();
        work.Add(async _ =>
        {
            await first.Task;
            return Written(0);
        });
        work.Add(_ => Task.FromResult(Written(1)));
        work.Add(_ => Task.FromResult(Written(2, failed: true)));
        FlushUntil(work, () => work.Done == 2);
        Assert.Empty(_written);
        first.SetResult();
        FlushUntil(work, () => work.IsFlushed);
        Assert.Equal([0, 1, 2], _written);
        Assert.Equal((3, 3, 1), (work.Total, work.Done, work.Failed));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void Never_more_than_the_throttle_run_at_once_and_every_item_is_done(int throttle)
    {
        OrderedWork work = Work(throttle);
        int running = 0;
        int most = 0;
        for (int i = 0; i < 500; i++)
        {
            int item = i;
            work.Add(async _ =>
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                return Written(item);
            });
        }
        FlushUntil(work, () => work.IsFlushed);
        Assert.InRange(most, 1, throttle);
        Assert.Equal(Enumerable.Range(0, 500), _written);
    }

    [Fact]
    public void An_item_that_comes_while_the_workers_end_is_not_forgotten()
    {
        OrderedWork work = Work(2);
        for (int i = 0; i < 20_000; i++)
        {
            int item = i;
            work.Add(_ => Task.FromResult(Written(item)));
            // Often enough for the workers to have run dry when the next one comes.
            if (i % 7 == 0)
                Thread.Yield();
        }
        FlushUntil(work, () => work.IsFlushed);
        Assert.Equal(20_000, _written.Count);
    }

    [Fact]
    public async Task Nothing_new_starts_after_the_closing()
    {
        OrderedWork work = Work(1);
        TaskCompletionSource started = Gate();
        TaskCompletionSource first = Gate();
        bool second = false;
        work.Add(async _ =>
        {
            started.SetResult();
            await first.Task;
            return Written(0);
        });
        work.Add(_ =>
        {
            second = true;
            return Task.FromResult(Written(1));
        });
        await started.Task;
        work.Close();
        first.SetResult();
        await work.WhenIdle;
        work.Flush();
        Assert.Equal([0], _written);
        Assert.False(second);
        Assert.False(work.IsFlushed);
    }

    [Fact]
    public async Task Nothing_new_starts_after_the_cancellation()
    {
        OrderedWork work = Work(1);
        TaskCompletionSource started = Gate();
        bool second = false;
        work.Add(async cancel =>
        {
            started.SetResult();
            await Task.Delay(Timeout.Infinite, cancel).ContinueWith(static _ => { }, TaskScheduler.Default);
            return Written(0, failed: true);
        });
        work.Add(_ =>
        {
            second = true;
            return Task.FromResult(Written(1));
        });
        await started.Task;
        await _cancel.CancelAsync();
        await work.WhenIdle;
        Assert.False(second);
        Assert.Equal((2, 1), (work.Total, work.Done));
    }

    [Fact]
    public async Task Giving_up_writes_every_success_in_order_and_no_failure()
    {
        OrderedWork work = Work(4);
        TaskCompletionSource never = Gate();
        work.Add(async _ =>
        {
            await never.Task;
            return Written(0);
        });
        work.Add(_ => Task.FromResult(Written(1)));
        work.Add(_ => Task.FromResult(Written(2, failed: true)));
        work.Add(_ => Task.FromResult(Written(3)));
        FlushUntil(work, () => work.Done == 3);
        work.FlushSuccesses();
        Assert.Equal([1, 3], _written);
        Assert.True(work.IsFlushed);
        never.SetResult();
        await work.WhenIdle;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }
}
