using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Two launches have an unknown outcome, because they were answered with an error and the list could not be read.</summary>
public class ResolveLaunchTests : CmdletTests
{
    private readonly string[] _made;
    private readonly Guid[] _intents;

    public ResolveLaunchTests()
    {
        StartEmulator();
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST" });
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Method = "GET", Status = 403 });
        Assert.Equal(["LaunchOutcomeUnknown", "LaunchOutcomeUnknown"], Run("New-PRInstance h100_80gb pytorch -Count 2 -SettleSec 0").ErrorIds);
        _made = Ids[^2..];
        _intents = Emulator.Requests.Where(static request => request.Method == "POST").Select(static request => Guid.Parse(request.IdempotencyKey!)).ToArray();
        Shell.Set("intents", _intents);
        Shell.Set("made", _made);
        Emulator.ClearFaults();
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_returns_Unknown_and_the_candidates_while_the_outcome_cannot_be_determined()
    {
        Fail(new() { Kind = EmulatorFaultKind.ListCut, Method = "GET", Count = 100 });
        Launch[] open = GetAll<Launch>("Resolve-PRLaunch -SettleSec 0");
        Assert.Equal(_intents.Order(), open.Select(static one => one.IntentId).Order());
        Assert.All(open, static one => Assert.Equal(LaunchOutcome.Unknown, one.Outcome));
        Assert.Equal(_made.Order(), open[0].Candidates.Select(static one => one.Id).Order());
        Assert.Null(open[0].InstanceId);
        Assert.Null(open[0].ResolvedAt);
        // A truncated list is requested three times in total.
        Assert.Equal(["GET /v1/instances", "GET /v1/instances", "GET /v1/instances"], Sent);
    }

    [Fact]
    public void It_finds_two_instances_with_one_list_and_never_the_same_for_both_launches()
    {
        Launch[] found = GetAll<Launch>("Resolve-PRLaunch -SettleSec 0");
        Assert.Equal([LaunchOutcome.Launched, LaunchOutcome.Launched], found.Select(static one => one.Outcome));
        Assert.Equal(_made.Order(), found.Select(static one => one.InstanceId!).Order());
        AssertLike("gpu, template*", found[0].MatchedBy);
        Assert.Equal(("h100_80gb", "pytorch"), (found[0].Gpu, found[0].Template));
        Assert.Equal(["GET /v1/instances"], Sent);
        Assert.Empty(Do("Resolve-PRLaunch").Output);
    }

    [Fact]
    public void It_takes_ids_by_position_and_by_property_and_returns_launches_that_are_already_closed()
    {
        Launch one = Get<Launch>("$one = Resolve-PRLaunch $intents[0] -SettleSec 0; $one");
        Assert.Equal((_intents[0], LaunchOutcome.Launched), (one.IntentId, one.Outcome));
        Emulator.ClearRequests();
        Launch again = Get<Launch>("$one | Resolve-PRLaunch");
        Assert.Equal((one.Outcome, one.InstanceId, one.MatchedBy), (again.Outcome, again.InstanceId, again.MatchedBy));
        Assert.Empty(Sent);
    }

    [Fact]
    public void It_closes_launches_manually_and_never_two_as_the_same_instance()
    {
        Outcome done = Run("Resolve-PRLaunch -IntentId $intents -InstanceId $made[0]");
        Launch closed = Assert.Single(done.As<Launch>());
        Assert.Equal((_intents[0], LaunchOutcome.Launched, _made[0], "by hand"), (closed.IntentId, closed.Outcome, closed.InstanceId, closed.MatchedBy));
        Assert.Equal(["Conflict"], done.ErrorIds);
        Assert.Equal(_intents[1], done.Errors[0].TargetObject);
        Assert.Equal(LaunchOutcome.NotLaunched, Get<Launch>("Resolve-PRLaunch -IntentId $intents[1] -NotLaunched").Outcome);
        Assert.Equal(["Conflict"], Run("Resolve-PRLaunch -IntentId $intents[0] -NotLaunched").ErrorIds);
        Assert.Empty(Do("Resolve-PRLaunch").Output);
        Assert.Empty(Sent);
    }

    [Fact]
    public void An_id_that_is_not_in_the_journal_is_an_error_and_the_others_are_resolved()
    {
        var unknown = Guid.NewGuid();
        Shell.Set("unknown", unknown);
        Outcome done = Run("Resolve-PRLaunch $unknown, $intents[0] -SettleSec 0");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Equal(unknown, done.Errors[0].TargetObject);
        Assert.Equal(_intents[0], Assert.Single(done.As<Launch>()).IntentId);
    }

    [Fact]
    public void WhatIf_changes_nothing_and_sends_no_request()
    {
        Assert.Empty(Do("Resolve-PRLaunch -WhatIf").Output);
        Assert.Empty(Sent);
        Assert.Equal(2, GetAll<Launch>("Resolve-PRLaunch -SettleSec 0").Length);
    }

    [Fact]
    public void It_does_not_change_launches_of_a_running_command()
    {
        Do("Resolve-PRLaunch -SettleSec 0");
        Fail(new() { Kind = EmulatorFaultKind.Hang, Method = "POST" });
        using RunningScript running = Start("New-PRInstance h100_80gb pytorch");
        WaitUntil(() => CountSent("POST *") == 1);
        Shell.Set("running", Guid.Parse(Emulator.Requests.Single(static request => request.Method == "POST").IdempotencyKey!));
        Assert.Empty(Do("Resolve-PRLaunch -SettleSec 0").Output);
        Outcome done = Run("Resolve-PRLaunch $running; Resolve-PRLaunch $running -NotLaunched");
        Assert.Empty(done.Output);
        Assert.Equal(["Conflict", "Conflict"], done.ErrorIds);
    }

    [Fact]
    public void It_has_a_table_view()
    {
        string text = Get<string>("Resolve-PRLaunch -SettleSec 0 | Format-Table | Out-String -Width 200");
        Assert.Matches("IntentId +Outcome +InstanceId +Gpu +Template +Requested", text);
        AssertLike("*" + _intents[0] + " Launched*h100_80gb*pytorch*", text);
    }
}
