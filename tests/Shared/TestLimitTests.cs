using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace PulseRun.Tests.Shared;

public sealed class TestLimitTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _failed = [];
    private readonly TestLimit _limit;

    public TestLimitTests() => _limit = new TestLimit(_time, TimeSpan.FromSeconds(120), _failed.Add);

    public void Dispose() => _limit.Dispose();

    [Fact]
    public void The_tests_of_this_assembly_have_a_limit()
    {
        string name = typeof(TestLimitTests).FullName + "." + nameof(The_tests_of_this_assembly_have_a_limit);
        // xunit reports from another thread than the test's.
        Assert.True(SpinWait.SpinUntil(() => BoundedTestFramework.Limit!.Running.Contains(name), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void A_test_that_runs_too_long_is_named()
    {
        _limit.Start("quick");
        _limit.Start("slow");
        _time.Advance(TimeSpan.FromSeconds(119));
        _limit.Finish("quick");
        Assert.Empty(_failed);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Contains("slow", Assert.Single(_failed));
        Assert.DoesNotContain("quick", _failed[0]);
    }

    [Fact]
    public void A_silence_between_tests_names_the_last_one()
    {
        _limit.Start("last");
        _time.Advance(TimeSpan.FromSeconds(60));
        _limit.Finish("last");
        _time.Advance(TimeSpan.FromSeconds(120));
        Assert.Empty(_failed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("last", Assert.Single(_failed));
    }

    [Fact]
    public void A_run_that_has_ended_is_not_failed()
    {
        _limit.Dispose();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(_failed);
    }
}
