using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.PowerShell.Pipeline;
using Xunit;

namespace PulseRun.PowerShell.Tests.Pipeline;

public sealed class PumpTests : IDisposable
{
    /// <summary>How many batches may wait.</summary>
    private const int Room = 512;

    private readonly Pump _pump = new();

    public void Dispose() => _pump.Dispose();

    [Fact]
    public async Task What_other_threads_post_is_done_by_the_thread_that_drains()
    {
        int thread = 0;
        await Task.Run(() => _pump.Post(() => thread = Environment.CurrentManagedThreadId));
        Assert.Equal(0, thread);
        int here = Environment.CurrentManagedThreadId;
        _pump.Drain();
        Assert.Equal(here, thread);
    }

    [Fact]
    public void The_order_of_posting_is_the_order_of_doing()
    {
        var done = new List<int>();
        foreach (int i in Enumerable.Range(0, 100))
            _pump.Post(() => done.Add(i));
        _pump.Drain();
        Assert.Equal(Enumerable.Range(0, 100), done);
    }

    [Fact]
    public void An_action_that_throws_passes_its_error_on_and_leaves_the_rest_for_later()
    {
        bool later = false;
        _pump.Post(() => throw new InvalidOperationException("one"));
        _pump.Post(() => later = true);
        Assert.Throws<InvalidOperationException>(_pump.Drain);
        Assert.False(later);
        _pump.Drain();
        Assert.True(later);
    }

    [Fact]
    public void What_is_posted_after_the_rearming_ends_the_wait()
    {
        _pump.Rearm();
        _pump.Post(() => { });
        // Would throw after 20 s.
        _pump.Wait(Timeout.InfiniteTimeSpan, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
        _pump.Rearm();
        _pump.Wake();
        _pump.Wait(Timeout.InfiniteTimeSpan, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token);
    }

    [Fact]
    public void A_wait_ends_by_itself_and_by_cancellation()
    {
        _pump.Rearm();
        _pump.Wait(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => _pump.Wait(Timeout.InfiniteTimeSpan, cancel.Token));
    }

    [Fact]
    public async Task A_slow_reader_holds_the_writer_up_and_loses_nothing()
    {
        int written = 0;
        int posted = 0;
        Task writer = Task.Run(() =>
        {
            for (int i = 0; i < Room + 10; i++)
            {
                _pump.PostBatch(() => written++, CancellationToken.None);
                Interlocked.Increment(ref posted);
            }
        });
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref posted) == Room, TimeSpan.FromSeconds(20)));
        Assert.False(writer.IsCompleted);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _pump.Drain();
                return writer.IsCompleted;
            },
            TimeSpan.FromSeconds(20)));
        _pump.Drain();
        await writer;
        Assert.Equal(Room + 10, written);
    }

    [Fact]
    public void A_writer_that_is_held_up_ends_by_cancellation()
    {
        for (int i = 0; i < Room; i++)
            _pump.PostBatch(() => { }, CancellationToken.None);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.ThrowsAny<OperationCanceledException>(() => _pump.PostBatch(() => { }, cancel.Token));
    }
}
