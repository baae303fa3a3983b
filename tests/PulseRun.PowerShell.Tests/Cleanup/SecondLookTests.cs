using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cleanup;

/// <summary>Tests that an act of a cleanup is sent within seconds of a look, and that each act has a look of its own.</summary>
public class SecondLookTests : HostileTests
{
    private readonly ConcurrentDictionary<string, long> _looks = new();
    private readonly ConcurrentQueue<(string Id, TimeSpan Age)> _ages = new();
    private readonly Heartbeat _heartbeat = new();

    protected override void Dispose(bool disposing)
    {
        _heartbeat.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The answer to the second look takes longer than an act is valid: the look is taken again.</summary>
    [Fact]
    public void A_look_whose_answer_took_six_seconds_justifies_no_stop()
    {
        Idle(1);
        int looks = 0;
        Watch(request => request.EndsWith("/metrics", StringComparison.Ordinal) && ++looks == 2 ? new(Server.Of("inst_00").Load(0), Delay: TimeSpan.FromSeconds(6)) : null);
        Server.ClearRequests();
        Assert.Equal(["inst_00 Stopped Idle AllBelowThreshold"], CleanUp());
        Assert.Equal(
            ["GET /v1/instances", "GET /v1/instances/inst_00/metrics", "GET /v1/instances/inst_00/metrics", "GET /v1/instances/inst_00/metrics", "POST /v1/instances/inst_00/stop"],
            Server.Sent);
        AssertFresh(1);
    }

    /// <summary>The instance starts to work while the answer to the look is on its way.</summary>
    [Fact]
    public void A_look_that_was_overtaken_by_work_is_taken_again_and_prevents_the_stop()
    {
        Idle(1);
        int looks = 0;
        Watch(request => !request.EndsWith("/metrics", StringComparison.Ordinal) ? null
            : ++looks == 2 ? new(Server.Of("inst_00").Load(0), Delay: TimeSpan.FromSeconds(6))
            : looks > 2 ? new(Server.Of("inst_00").Load(97))
            : null);
        Assert.Equal(["inst_00 Skipped NoLongerIdle AllBelowThreshold"], CleanUp());
        Assert.Empty(Server.Acts);
    }

    /// <summary>A key of 20 requests a minute is refused in the middle of the acts: each stop that is sent is still fresh.</summary>
    [Fact]
    public void Stops_that_wait_for_the_rate_limit_are_fresh_or_left_to_the_next_run()
    {
        Idle(12);
        int admitted = 0;
        Watch(request => request.StartsWith("POST", StringComparison.Ordinal) && ++admitted % 3 == 0 ? new("{\"detail\":\"slow\"}", 429, "Retry-After: 1\r\n") : null);
        string[] actions = CleanUp();
        int stopped = actions.Count(action => action.Contains(" Stopped ", StringComparison.Ordinal));
        Assert.Equal(12, actions.Length);
        Assert.All(actions, action => Assert.True(action.EndsWith("Stopped Idle AllBelowThreshold", StringComparison.Ordinal) || action.EndsWith("Skipped LookTooOld AllBelowThreshold", StringComparison.Ordinal), action));
        Assert.Equal(stopped, Server.All.Count(one => one.Status == "stopped"));
        Assert.True(stopped >= 8, string.Join("\n", actions));
        AssertFresh(12);
    }

    /// <summary>The documented set-up: a key of 60 requests a minute, 50 running instances and 10 of them idle. The run keeps within its requests, and its acts are paid for.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(40)]
    [InlineData(10)]
    public void The_budget_keeps_two_requests_for_each_act(int budget)
    {
        for (int i = 0; i < 50; i++)
            Server.Add("inst_" + i.ToString("00", CultureInfo.InvariantCulture), i < 10 ? one => one.Load(0) : one => one.Load(97));
        ReadEachMinute(35);
        Server.Advance(TimeSpan.FromSeconds(30));
        Server.ClearRequests();
        string[] actions = Actions(Shell.Run("Invoke-PRCleanup -IdleFor 00:30:00 -Jitter 0 -Confirm:$false -MaxActions 10 -RequestBudget " + budget.ToString(CultureInfo.InvariantCulture)));
        int stops = Server.Acts.Length;
        Assert.True(Server.Sent.Length <= budget, Server.Sent.Length + " requests with a budget of " + budget);
        Assert.Equal(stops, actions.Count(action => action.Contains(" Stopped ", StringComparison.Ordinal)));
        Assert.True(stops > 0 || budget < 20, "no act of " + budget + " requests");
        Assert.Equal(stops, Server.All.Count(one => one.Status == "stopped"));
        Assert.All(Server.All.Skip(10), one => Assert.Equal("running", one.Status));
    }

    /// <summary>A removal that met a refusal, an error or a cut, and whose instance the owner started in between: the instance and its disk stay.</summary>
    [Theory]
    [InlineData("429")]
    [InlineData("503")]
    [InlineData("500")]
    [InlineData("cut")]
    [InlineData("504 after a second")]
    public void An_instance_that_was_started_after_a_failed_removal_is_not_removed(string how)
    {
        StoppedForHours();
        Watch(request =>
        {
            if (!request.StartsWith("DELETE", StringComparison.Ordinal))
                return null;
            Server.Of("inst_00").Start();
            return how switch
            {
                "429" => new("{\"detail\":\"slow\"}", 429, "Retry-After: 1\r\n"),
                "cut" => new("", 0),
                "504 after a second" => new("", 504, Delay: TimeSpan.FromSeconds(1)),
                _ => new("", int.Parse(how, CultureInfo.InvariantCulture)),
            };
        });
        string[] actions = CleanUp("-RemoveStoppedAfter 02:00:00 -Force");
        Assert.Single(Server.Acts);
        Assert.Single(Server.All);
        Assert.Equal("running", Server.Of("inst_00").Status);
        Assert.Equal(["inst_00 Skipped NoLongerStopped "], actions);
    }

    /// <summary>A refusal that changes nothing: the look is taken again, and the removal that follows is the first that acts.</summary>
    [Fact]
    public void A_removal_after_a_refusal_has_a_look_of_its_own()
    {
        StoppedForHours();
        int deletes = 0;
        Watch(request => request.StartsWith("DELETE", StringComparison.Ordinal) && ++deletes == 1 ? new("{\"detail\":\"slow\"}", 429, "Retry-After: 1\r\n") : null);
        Server.ClearRequests();
        Assert.Equal(["inst_00 Removed StoppedLong "], CleanUp("-RemoveStoppedAfter 02:00:00 -Force"));
        Assert.Equal(["GET /v1/instances", "GET /v1/instances/inst_00", "DELETE /v1/instances/inst_00", "GET /v1/instances/inst_00", "DELETE /v1/instances/inst_00"], Server.Sent);
        AssertFresh(2);
    }

    private void Idle(int count)
    {
        for (int i = 0; i < count; i++)
            Server.Add("inst_" + i.ToString("00", CultureInfo.InvariantCulture), one => one.Load(0));
        ReadEachMinute(35);
        Server.Advance(TimeSpan.FromSeconds(30));
    }

    private void StoppedForHours()
    {
        Server.Add("inst_00", one => one.Load(0)).Stop();
        for (int i = 0; i < 15; i++)
        {
            Server.Advance(TimeSpan.FromMinutes(10));
            CleanUp();
        }
        Assert.Empty(Server.Acts);
    }

    /// <summary>Records the real time of the looks, and how old the look is when an act arrives.</summary>
    private void Watch(Func<string, HostileServer.Answer?> intercept)
    {
        object gate = new();
        Server.Intercept = request =>
        {
            lock (gate)
            {
                string[] parts = request.Split('/');
                if (parts.Length > 3 && request.StartsWith("GET ", StringComparison.Ordinal))
                    _looks[parts[3]] = Stopwatch.GetTimestamp();
                else if (!request.StartsWith("GET ", StringComparison.Ordinal))
                    _ages.Enqueue((parts[3], _looks.TryRemove(parts[3], out long at) ? Stopwatch.GetElapsedTime(at) : TimeSpan.MaxValue));
                return intercept(request);
            }
        };
    }

    /// <summary>Fails unless there were acts, each with a look of its own that was at most 5 seconds old, and a little for the arrival: more on a busy machine.</summary>
    private void AssertFresh(int least)
    {
        TimeSpan most = TimeSpan.FromSeconds(5.5) + (4 * _heartbeat.LongestPause);
        Assert.True(_ages.Count >= least, _ages.Count + " acts arrived");
        Assert.All(_ages, act => Assert.True(act.Age < most, act.Id + " was looked at " + act.Age + " before"));
    }
}
