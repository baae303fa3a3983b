using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.PowerShell.Running;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

public class PumpTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    [Fact]
    public void Actions_run_in_their_order_on_the_thread_that_drains()
    {
        using var pump = new Pump();
        var done = new List<(int, int)>();
        for (int i = 0; i < 3; i++)
        {
            int number = i;
            pump.Post(() => done.Add((number, Environment.CurrentManagedThreadId)));
        }
        pump.Drain();
        int here = Environment.CurrentManagedThreadId;
        Assert.Equal([(0, here), (1, here), (2, here)], done);
    }

    [Fact]
    public async Task A_producer_of_batches_waits_while_the_reader_is_far_behind()
    {
        using var pump = new Pump();
        int posted = 0;
        int written = 0;
        Task producer = Task.Run(() =>
        {
            for (int i = 0; i < 2000; i++)
            {
                pump.PostBatch(() => written++, CancellationToken.None);
                Interlocked.Increment(ref posted);
            }
        });
        while (!producer.IsCompleted)
        {
            // 512 batches can be queued, and one more can be posted between the two reads.
            Assert.InRange(Volatile.Read(ref posted) - written, -1, 513);
            pump.Drain();
        }
        await producer.WaitAsync(s_limit);
        pump.Drain();
        Assert.Equal(2000, written);
    }

    [Fact]
    public async Task A_producer_that_waits_ends_with_the_cancellation()
    {
        using var pump = new Pump();
        using var stop = new CancellationTokenSource();
        int posted = 0;
        Task producer = Task.Run(() =>
        {
            while (true)
            {
                pump.PostBatch(static () => { }, stop.Token);
                Interlocked.Increment(ref posted);
            }
        });
        while (Volatile.Read(ref posted) < 512)
            await Task.Yield();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => producer.WaitAsync(s_limit));
        Assert.Equal(512, posted);
    }

    [Fact]
    public async Task What_is_posted_after_Rearm_ends_the_next_wait()
    {
        using var pump = new Pump();
        for (int i = 0; i < 200; i++)
        {
            pump.Rearm();
            bool ran = false;
            Task poster = Task.Run(() => pump.Post(() => ran = true));
            pump.Wait(s_limit, CancellationToken.None);
            pump.Drain();
            Assert.True(ran);
            await poster.WaitAsync(s_limit);
        }
    }

    [Fact]
    public void A_wait_ends_with_the_cancellation_although_something_is_queued()
    {
        using var pump = new Pump();
        using var stop = new CancellationTokenSource();
        pump.Post(static () => { });
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => pump.Wait(s_limit, stop.Token));
    }

    [Fact]
    public void What_an_action_throws_passes_through_and_the_next_one_stays_queued()
    {
        using var pump = new Pump();
        bool ran = false;
        pump.Post(static () => throw new InvalidOperationException());
        pump.Post(() => ran = true);
        Assert.Throws<InvalidOperationException>(pump.Drain);
        Assert.False(ran);
        pump.Drain();
        Assert.True(ran);
    }
}
