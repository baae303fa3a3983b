using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.PowerShell.Cmdlets;
using PulseRun.PowerShell.Running;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

public sealed class OrderedWorkTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly GetContextCommand _cmdlet = new();
    private readonly List<string> _written = [];
    private int _wakes;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _cmdlet.Dispose();
    }

    private OrderedWork Work(int throttle) => new(throttle, static error => error is UnauthorizedAccessException, () => Interlocked.Increment(ref _wakes), _stop.Token);

    private WorkItem Item(string label, Func<ICallObserver, CancellationToken, Task<object?>> work, Action? written = null) =>
        new(label, label, new CallObserver(_cmdlet.Runner), work, written);

    private WorkItem Item(string label, Task<object?> result, bool sends = false) => Item(label, (observer, cancel) =>
    {
        if (sends)
            observer.Sent(label);
        return result.WaitAsync(cancel);
    });

    private void Write(WorkItem item) => _written.Add(item.Error is null ? item.Label : item.Label + "!");

    private static async Task DoneAsync(OrderedWork work) => await work.WhenIdle.WaitAsync(s_limit);

    [Fact]
    public async Task Results_come_in_the_order_of_adding_although_the_first_ends_last()
    {
        TaskCompletionSource<object?>[] ends = Enumerable.Range(0, 4).Select(_ => new TaskCompletionSource<object?>()).ToArray();
        OrderedWork work = Work(4);
        for (int i = 0; i < ends.Length; i++)
            work.Add(Item("i" + i, ends[i].Task));
        ends[3].SetResult(1);
        ends[1].SetException(new InvalidOperationException());
        ends[2].SetResult(1);
        await WaitForAsync(() => work.Done == 3);
        work.Flush(Write);
        Assert.Empty(_written);
        ends[0].SetResult(1);
        await DoneAsync(work);
        work.Flush(Write);
        Assert.Equal(["i0", "i1!", "i2", "i3"], _written);
        Assert.Equal((4, 4, 1, true), (work.Total, work.Done, work.Failed, work.IsFlushed));
    }

    [Fact]
    public async Task The_head_is_written_while_the_rest_still_works()
    {
        var never = new TaskCompletionSource<object?>();
        OrderedWork work = Work(2);
        work.Add(Item("first", Task.FromResult<object?>(1)));
        work.Add(Item("second", never.Task));
        await WaitForAsync(() => work.Done == 1);
        work.Flush(Write);
        Assert.Equal(["first"], _written);
        Assert.False(work.IsFlushed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    public async Task No_more_than_the_throttle_are_worked_on_at_once_and_none_is_lost(int throttle)
    {
        int now = 0;
        int most = 0;
        OrderedWork work = Work(throttle);
        for (int i = 0; i < 3000; i++)
        {
            work.Add(Item("i" + i, async (_, _) =>
            {
                int running = Interlocked.Increment(ref now);
                int known;
                while (running > (known = Volatile.Read(ref most)))
                    Interlocked.CompareExchange(ref most, running, known);
                await Task.Yield();
                Interlocked.Decrement(ref now);
                return null;
            }));
            // An item could be lost if it is added at the moment when the last worker ends.
            if (i % 50 == 0)
                await DoneAsync(work);
        }
        await DoneAsync(work);
        work.Flush(Write);
        Assert.Equal(3000, _written.Count);
        Assert.InRange(most, 1, throttle);
    }

    [Fact]
    public async Task Nothing_new_starts_after_an_error_that_all_would_meet()
    {
        var first = new TaskCompletionSource<object?>();
        OrderedWork work = Work(1);
        int started = 0;
        work.Add(Item("first", first.Task));
        for (int i = 0; i < 3; i++)
        {
            work.Add(Item("next", (_, _) =>
            {
                started++;
                return Task.FromResult<object?>(1);
            }));
        }
        first.SetException(new UnauthorizedAccessException());
        await DoneAsync(work);
        Assert.Equal(0, started);
        work.FlushSuccesses(Write);
        Assert.Empty(_written);
    }

    [Fact]
    public async Task Nothing_new_starts_after_a_cancellation()
    {
        var first = new TaskCompletionSource<object?>();
        OrderedWork work = Work(1);
        bool started = false;
        var begun = new TaskCompletionSource();
        work.Add(Item("first", (_, _) =>
        {
            begun.SetResult();
            return first.Task;
        }));
        work.Add(Item("second", (_, _) =>
        {
            started = true;
            return Task.FromResult<object?>(1);
        }));
        await begun.Task.WaitAsync(s_limit);
        await _stop.CancelAsync();
        first.SetResult(1);
        await DoneAsync(work);
        Assert.False(started);
        // Items that completed before the cancellation are still written.
        work.Flush(Write);
        Assert.Equal(["first"], _written);
    }

    [Fact]
    public async Task Successes_behind_an_open_item_are_written_when_the_rest_is_given_up()
    {
        var never = new TaskCompletionSource<object?>();
        OrderedWork work = Work(3);
        work.Add(Item("open", never.Task, sends: true));
        work.Add(Item("failed", Task.FromException<object?>(new InvalidOperationException())));
        work.Add(Item("done", Task.FromResult<object?>(1)));
        await WaitForAsync(() => work.Done == 2 && work.Unconfirmed().Count == 1);
        work.FlushSuccesses(Write);
        Assert.Equal(["done"], _written);
        Assert.Equal(["open"], work.Unconfirmed());
    }

    [Fact]
    public async Task What_was_sent_and_then_cancelled_stays_unconfirmed_each_for_itself()
    {
        var never = new TaskCompletionSource<object?>();
        OrderedWork work = Work(3);
        work.Add(Item("equal", never.Task, sends: true));
        work.Add(Item("equal", never.Task, sends: true));
        work.Add(Item("reads", never.Task));
        await WaitForAsync(() => work.Unconfirmed().Count == 2);
        await _stop.CancelAsync();
        await DoneAsync(work);
        work.Flush(Write);
        Assert.Empty(_written);
        Assert.Equal(["equal", "equal"], work.Unconfirmed());
    }

    [Fact]
    public async Task What_was_answered_is_confirmed_also_by_a_failure()
    {
        OrderedWork work = Work(1);
        work.Add(Item("a", Task.FromResult<object?>(1), sends: true));
        work.Add(Item("b", Task.FromException<object?>(new InvalidOperationException()), sends: true));
        await DoneAsync(work);
        Assert.Empty(work.Unconfirmed());
        Assert.Equal(2, _wakes);
    }

    [Fact]
    public async Task A_result_is_reported_as_written_only_after_the_write()
    {
        var steps = new List<string>();
        WorkItem item = Item("x", static (_, _) => Task.FromResult<object?>("result"), () => steps.Add("written"));
        await item.RunAsync(_stop.Token);
        Assert.Throws<OperationCanceledException>(() => item.Write(_ => throw new OperationCanceledException(), static _ => Assert.Fail("There is no error.")));
        Assert.Empty(steps);
        item.Write(result => steps.Add("write " + result), static _ => Assert.Fail("There is no error."));
        Assert.Equal(["write result", "written"], steps);
    }

    [Fact]
    public async Task An_error_is_reported_as_written_too()
    {
        var steps = new List<string>();
        WorkItem item = Item("x", static (_, _) => throw new InvalidOperationException("no"), () => steps.Add("written"));
        await item.RunAsync(_stop.Token);
        item.Write(static _ => Assert.Fail("There is no result."), error => steps.Add("error " + error.Message));
        Assert.Equal(["error no", "written"], steps);
    }

    [Fact]
    public async Task Nothing_is_reported_as_written_where_there_is_no_result()
    {
        WorkItem item = Item("x", static (_, _) => Task.FromResult<object?>(null), static () => Assert.Fail("There is no result."));
        await item.RunAsync(_stop.Token);
        item.Write(static _ => Assert.Fail("There is no result."), static _ => Assert.Fail("There is no error."));
        Assert.True(item.IsDone);
    }

    [Fact]
    public async Task A_timeout_of_the_work_itself_is_a_failure_and_no_cancellation()
    {
        WorkItem item = Item("x", static (_, _) => throw new TaskCanceledException());
        await item.RunAsync(_stop.Token);
        Assert.True(item.IsDone);
        Assert.IsType<TaskCanceledException>(item.Error);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        DateTime end = DateTime.UtcNow + s_limit;
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < end, "It did not happen within a minute.");
            await Task.Yield();
        }
    }
}
