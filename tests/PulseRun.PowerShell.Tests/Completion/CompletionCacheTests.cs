using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Completion;
using PulseRun.PowerShell.Completion;
using Xunit;

namespace PulseRun.PowerShell.Tests.Completion;

public class CompletionCacheTests
{
    private TimeSpan _now = TimeSpan.FromHours(1);
    private int _asked;

    [Fact]
    public void AskWhenDue_SendsOneRequestInThirtySeconds_WhateverItsResult()
    {
        var fleet = new CompletionCache(() => _now);

        Ask(fleet);
        _now += TimeSpan.FromSeconds(29.9);
        Ask(fleet);
        Assert.Equal(1, _asked);

        _now += TimeSpan.FromSeconds(0.1);
        Ask(fleet);
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void AskWhenDue_WhileInProgress_SendsNoSecondRequest()
    {
        var fleet = new CompletionCache(() => _now);
        using var end = new SemaphoreSlim(0);
        _ = fleet.AskWhenDue(() => end.WaitAsync());
        _now += TimeSpan.FromMinutes(5);

        var (asking, age) = fleet.AskWhenDue(() => throw new InvalidOperationException("asked twice"));

        Assert.False(asking.IsCompleted);
        Assert.Equal(TimeSpan.FromMinutes(5), age);
        end.Release();
    }

    [Fact]
    public void AskWhenDue_AfterAListOfACmdlet_SendsNothing()
    {
        var fleet = new CompletionCache(() => _now);
        List(fleet, isComplete: true, "inst_1");
        _now += TimeSpan.FromSeconds(20);

        Ask(fleet);

        Assert.Equal(0, _asked);
    }

    [Fact]
    public void List_Complete_RemovesMissingInstances_TruncatedDoesNot()
    {
        var fleet = new CompletionCache(() => _now);
        List(fleet, isComplete: true, "inst_1", "inst_2");
        List(fleet, isComplete: false, "inst_3");
        Assert.Equal(["inst_1", "inst_2", "inst_3"], fleet.Instances.Select(one => one.Id).OrderBy(id => id, StringComparer.Ordinal));

        List(fleet, isComplete: true, "inst_3");
        Assert.Equal(["inst_3"], fleet.Instances.Select(one => one.Id));
    }

    [Fact]
    public void Fleet_OfAnySize_StaysWithinTheBounds()
    {
        var fleet = new CompletionCache(() => _now);

        List(fleet, isComplete: true, Enumerable.Range(0, 5000).Select(i => "inst_" + i).ToArray());

        Assert.Equal(CompletionCache.MaxInstances, fleet.Instances.Count);
        Assert.Equal(CompletionCache.MaxValues, fleet.Values(CompletionField.Gpu).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("inst_\n")]
    [InlineData("inst_\u001b[2J")]
    [InlineData("inst_\uFFFD")]
    public void Id_ThatCannotBeTyped_IsNotKept(string id)
    {
        var fleet = new CompletionCache(() => _now);

        fleet.Note(new Instance { Id = id });

        Assert.Empty(fleet.Instances);
    }

    [Fact]
    public void Forget_DoesNotAllowAnEarlierRequest()
    {
        var fleet = new CompletionCache(() => _now);
        _ = fleet.AskWhenDue(() => Task.CompletedTask);
        fleet.Forget();

        _ = fleet.AskWhenDue(() => throw new InvalidOperationException("asked twice"));

        Assert.Empty(fleet.Instances);
    }

    private void Ask(CompletionCache fleet)
    {
        var (asking, _) = fleet.AskWhenDue(() =>
        {
            _asked++;
            return Task.CompletedTask;
        });
        Assert.True(SpinWait.SpinUntil(() => asking.IsCompleted, TimeSpan.FromSeconds(20)));
    }

    private static void List(CompletionCache fleet, bool isComplete, params string[] ids)
    {
        IListObserver list = fleet.BeginList(isOfAll: true);
        List<Instance> rows = ids.Select(id => new Instance { Id = id, Gpu = "gpu_" + id, Status = "running" }).ToList();
        list.Take(rows);
        list.End(isComplete);
    }
}
