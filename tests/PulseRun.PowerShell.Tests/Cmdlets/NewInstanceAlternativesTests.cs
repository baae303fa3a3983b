using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests New-PRInstance with alternatives: the answers that lead to the next one, what the launches of a command share, and the reported attempts.</summary>
public class NewInstanceAlternativesTests : CmdletTests
{
    private const string Post = "POST /v1/instances";
    private const string TwoByTwo = "New-PRInstance -Gpu h100_80gb, a100_80gb -Template pytorch -Region eu, us -SettleSec 1";

    public NewInstanceAlternativesTests() => StartEmulator(instances: 0);

    private static PulseRunException ErrorOf(Outcome done) => (PulseRunException)Assert.Single(done.Errors).Exception;

    private void NoCapacity(int times = 0, int? status = null) => Fail(new EmulatorFault { Kind = EmulatorFaultKind.NoCapacity, Method = "POST", Times = times, Status = status });

    private string[] Keys() => Emulator.Requests.Where(static one => one.Method == "POST").Select(static one => one.IdempotencyKey!).ToArray();

    [Fact]
    public void WithoutCapacity_TheNextAlternativeIsLaunched()
    {
        NoCapacity(times: 2);
        Instance launched = Get<Instance>(TwoByTwo);
        Assert.Equal("a100_80gb", launched.Gpu);
        Assert.StartsWith("eu", launched.Region, StringComparison.Ordinal);
        Assert.Equal([Post, Post, Post], Sent);
        Assert.Equal(3, Keys().Distinct().Count());
    }

    [Fact]
    public void WithoutAnyCapacity_TheErrorHasEveryAttempt()
    {
        NoCapacity();
        Outcome done = Run(TwoByTwo);
        PulseRunException error = ErrorOf(done);
        Assert.Equal(ErrorIds.CapacityUnavailable, error.ErrorId);
        Assert.Equal(["h100_80gb eu", "h100_80gb us", "a100_80gb eu", "a100_80gb us"], error.Attempts.Select(static one => one.Gpu + " " + one.Region));
        Assert.Equal([1, 2, 3, 4], error.Attempts.Select(static one => one.Number));
        Assert.All(error.Attempts, static one => Assert.True(one is { ErrorId: ErrorIds.CapacityUnavailable, Answer.Length: > 0, Duration: not null } && one.StartedAt > DateTimeOffset.UtcNow.AddMinutes(-5)));
        Assert.Equal(4, CountSent(Post));
        Assert.Empty(Do("Resolve-PRLaunch -WarningAction SilentlyContinue").Output);
    }

    [Theory]
    [InlineData(402, "No credit.", ErrorIds.InsufficientBalance)]
    [InlineData(403, "Not allowed.", ErrorIds.Forbidden)]
    [InlineData(422, "Wrong.", ErrorIds.InvalidRequest)]
    [InlineData(409, "Busy.", ErrorIds.Conflict)]
    [InlineData(404, "Gone.", ErrorIds.InvalidRequest)]
    public void AnotherAnswer_EndsThePlan(int status, string text, string errorId)
    {
        NoCapacity(times: 1);
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "POST", Status = status, Text = text });
        PulseRunException error = ErrorOf(Run(TwoByTwo));
        Assert.Equal(errorId, error.ErrorId);
        Assert.Equal([ErrorIds.CapacityUnavailable, errorId], error.Attempts.Select(static one => one.ErrorId));
        Assert.Equal(2, CountSent(Post));
    }

    /// <summary>A server error that speaks of capacity is looked into before anything else is launched.</summary>
    [Fact]
    public void ADoubtfulRefusal_IsResolvedFirst_AndThenTheNextIsLaunched()
    {
        NoCapacity(times: 1, status: 503);
        Instance launched = Get<Instance>(TwoByTwo);
        Assert.StartsWith("us", launched.Region, StringComparison.Ordinal);
        Assert.Equal([Post, "GET /v1/instances", Post], Sent);
    }

    [Fact]
    public void ARefusalThatIsNotTrue_IsFoundOut_AndNothingElseIsLaunched()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Status = 503, Text = "No capacity is available.", Times = 1 });
        Outcome done = Do(TwoByTwo);
        Assert.Equal(Ids, done.As<Instance>().Select(static one => one.Id));
        Assert.Contains(done.Warnings, static line => line.Contains("adopted", StringComparison.Ordinal));
        Assert.Equal(1, CountSent(Post));
    }

    [Fact]
    public void AServerErrorWithoutThatText_EndsThePlan_WhenNothingWasLaunched()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "POST" });
        PulseRunException error = ErrorOf(Run(TwoByTwo));
        Assert.Equal(ErrorIds.ServerError, error.ErrorId);
        Assert.Single(error.Attempts);
        Assert.Equal(1, CountSent(Post));
    }

    [Fact]
    public void WhatStaysUnknown_EndsThePlan()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "POST", Status = 503, Text = "No capacity is available." });
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "GET", Status = 501 });
        PulseRunException error = ErrorOf(Run(TwoByTwo));
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, error.ErrorId);
        Assert.Single(error.Attempts);
        Assert.Equal(1, CountSent(Post));
        Emulator.ClearFaults();
        Launch found = Get<Launch>("Resolve-PRLaunch -SettleSec 1");
        Assert.Equal(LaunchOutcome.NotLaunched, found.Outcome);
        Assert.Equal(ErrorIds.LaunchOutcomeUnknown, Assert.Single(found.Attempts).ErrorId);
    }

    [Fact]
    public void WithRetryFor_ThePlanBeginsAgain()
    {
        NoCapacity(times: 3);
        Outcome done = Do("New-PRInstance h100_80gb, l40s pytorch -RetryFor 00:01:00 -RetryEverySec 1");
        Assert.Equal("l40s", Assert.Single(done.As<Instance>()).Gpu);
        Assert.Equal(4, CountSent(Post));
    }

    [Fact]
    public void WithCount_ARefusedAlternativeIsAskedForOnce()
    {
        NoCapacity(times: 1);
        Instance[] launched = GetAll<Instance>("New-PRInstance h100_80gb, a100_80gb pytorch -Count 4");
        Assert.Equal(["a100_80gb", "a100_80gb", "a100_80gb", "a100_80gb"], launched.Select(static one => one.Gpu));
        Assert.Equal(5, CountSent(Post));
        Emulator.ClearFaults();
        Emulator.ClearRequests();
        NoCapacity();
        Outcome none = Run("New-PRInstance h100_80gb, a100_80gb pytorch -Count 3");
        Assert.Equal(2, CountSent(Post));
        Assert.Equal([ErrorIds.CapacityUnavailable, ErrorIds.CapacityUnavailable, ErrorIds.CapacityUnavailable], none.ErrorIds);
        // Each says what became of both alternatives.
        Assert.All(none.Errors, static error => Assert.Equal(2, ((PulseRunException)error.Exception).Attempts.Count));
    }

    [Fact]
    public void FromACsvFile_CellsWithSemicolonsAreAlternatives()
    {
        NoCapacity(times: 1);
        Outcome done = Do("""
            'Gpu,Template,Region,Provider,Market,RetryFor', 'h100_80gb;l40s,pytorch,eu,vast_ai; runpod,SpotFirst,', 'rtx_4090,pytorch,,,,00:10' | ConvertFrom-Csv | New-PRInstance -ThrottleLimit 1 -Debug
            """);
        Assert.Equal(["h100_80gb", "rtx_4090"], done.As<Instance>().Select(static one => one.Gpu));
        string[] bodies = done.Debug.Where(static line => line.StartsWith("> POST", StringComparison.Ordinal)).ToArray();
        Assert.Contains(bodies, static body => IsLike(body, "*\"gpu\":\"h100_80gb\"*\"region\":\"eu\"*\"spot\":true*\"provider\":\"vast_ai\"*"));
        Assert.Contains(bodies, static body => IsLike(body, "*\"gpu\":\"h100_80gb\"*\"region\":\"eu\"*\"spot\":false*\"provider\":\"vast_ai\"*"));
    }

    [Theory]
    [InlineData("-Market Spot", "*\"spot\":true*")]
    [InlineData("-Market OnDemand", "*\"spot\":false*")]
    [InlineData("-Spot", "*\"spot\":true*")]
    [InlineData("-Spot -Market Spot", "*\"spot\":true*")]
    public void MarketAndSpot(string given, string expected) =>
        AssertLike(expected, Do("New-PRInstance rtx_4090 pytorch -Debug " + given).Debug.Single(static line => line.StartsWith("> POST", StringComparison.Ordinal)));

    [Fact]
    public void AMarketOnTheLine_OverridesThatOfAnInstance()
    {
        Emulator.AddInstance(new Instance { Gpu = "rtx_4090", Template = "pytorch", Region = "eu-west", Provider = "runpod", Spot = true, Status = "running" });
        Outcome done = Do("Get-PRInstance | New-PRInstance -Market OnDemand -Debug");
        AssertLike("*\"region\":\"eu\"*\"spot\":false*", done.Debug.Single(static line => line.StartsWith("> POST", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("-Gpu 'a;;b' -Template pytorch", "Gpu")]
    [InlineData("-Gpu a, A -Template pytorch", "Gpu")]
    [InlineData("-Gpu a -Template pytorch -Region eu, ''", "Region")]
    [InlineData("-Gpu a -Template pytorch -Provider 'x;'", "Provider")]
    [InlineData("-Gpu a, b -Template pytorch -DockerImage x/y:1", "DockerImage")]
    [InlineData("-Gpu a, b -Template custom", "DockerImage")]
    [InlineData("-Gpu a -Template pytorch -Spot -Market OnDemand", "Market")]
    [InlineData("-Gpu a -Template pytorch -Spot -Market SpotFirst", "Market")]
    [InlineData("-Gpu a -Template pytorch -RetryFor 1.00:00:01", "RetryFor")]
    [InlineData("-Gpu a -Template pytorch -RetryFor 2", "RetryFor")]
    [InlineData("-Gpu a -Template pytorch -RetryFor -01:00", "RetryFor")]
    [InlineData("-Gpu (1..101) -Template pytorch", "Gpu")]
    [InlineData("-Gpu a -Template pytorch -ReadyWithin 20", "ReadyWithin")]
    [InlineData("-Gpu a -Template pytorch -ReadyWithin 2.00:00", "ReadyWithin")]
    [InlineData("-Gpu a -Template pytorch -ReadyCommand true", "ReadyCommand")]
    [InlineData("-Gpu a -Template pytorch -OnNotReady Next", "OnNotReady")]
    public void BadInput_IsRefused_AndNothingIsSent(string given, string field)
    {
        Outcome done = Run("New-PRInstance " + given);
        var error = (PulseRunException)(done.Ended ?? Assert.Single(done.Errors)).Exception;
        Assert.Equal((ErrorIds.InvalidRequest, field), (error.ErrorId, error.Field));
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData("@()")]
    [InlineData("''")]
    [InlineData("@('a', '')")]
    public void AnEmptyPlan_IsRefusedByTheBinder(string gpus)
    {
        Assert.StartsWith("ParameterArgumentValidationError", Run("New-PRInstance -Gpu " + gpus + " -Template pytorch").EndedId, StringComparison.Ordinal);
        Assert.Empty(Sent);
    }

    [Fact]
    public void WhatIf_ShowsThePlanWithPrices()
    {
        Do("New-PRInstance h100_80gb pytorch; New-PRInstance l40s pytorch -Spot");
        Emulator.ClearRequests();
        Do("New-PRInstance h100_80gb, l40s pytorch -Market SpotFirst -RetryFor 02:00 -WhatIf; New-PRInstance h100_80gb, l40s, a100_80gb pytorch -Market Spot -Prefer Cheapest -WhatIf -WarningVariable told -WarningAction SilentlyContinue; $told.Count");
        string[] lines = Shell.Host.Lines.Where(static line => line.StartsWith("What if", StringComparison.Ordinal)).ToArray();
        Assert.Equal(
            "What if: Performing the operation \"Launch instance\" on target \"1. h100_80gb, pytorch, region any, spot, price unknown; 2. h100_80gb, pytorch, region any, on demand, about $2.10/h; "
            + "3. l40s, pytorch, region any, spot, about $0.43/h; 4. l40s, pytorch, region any, on demand, price unknown; again for 2h0m while there is no capacity\".",
            lines[0]);
        AssertLike("*1. l40s, pytorch, region any, spot, about $0.43/h; 2. h100_80gb*price unknown; 3. a100_80gb*price unknown*", lines[1]);
        Assert.Empty(Sent);
    }

    [Fact]
    public void PreferCheapest_LaunchesTheLowestKnownPrice_AndNamesTheUnknown()
    {
        Do("New-PRInstance h100_80gb, l40s pytorch; New-PRInstance l40s pytorch");
        Outcome done = Do("New-PRInstance h100_80gb, a100_80gb, l40s pytorch -Prefer Cheapest");
        Assert.Equal("l40s", Assert.Single(done.As<Instance>()).Gpu);
        AssertLike("*1 of 3 alternatives*a100_80gb*", Assert.Single(done.Warnings));
    }

    [Fact]
    public void ALimitHoldsForEachAlternative_AndEndsThePlan()
    {
        NoCapacity(times: 1);
        PulseRunException error = ErrorOf(Run("New-PRInstance rtx_4090, h100_80gb, l40s pytorch -MaxHourlyCost 1"));
        Assert.Equal(ErrorIds.CostLimitExceeded, error.ErrorId);
        Assert.Equal([ErrorIds.CapacityUnavailable, ErrorIds.CostLimitExceeded], error.Attempts.Select(static one => one.ErrorId));
        Assert.Equal(2, CountSent(Post));
        Assert.All(Emulator.Instances, static one => Assert.Equal("terminated", one.Status));
        // A limit of the fleet holds in a plan too, and the price of the launch is not reserved while it waits.
        Emulator.ClearFaults();
        NoCapacity(times: 1);
        Assert.Equal("l40s", Get<Instance>("New-PRInstance h100_80gb, l40s pytorch -MaxFleetCostPerHour 2.5").Gpu);
    }

    [Fact]
    public void WithoutAJournal_ThePlanWorksToo()
    {
        NoCapacity(times: 1);
        Assert.Equal("l40s", Get<Instance>("New-PRInstance h100_80gb, l40s pytorch -NoJournal").Gpu);
        Assert.Equal(2, Keys().Distinct().Count());
    }

    [Fact]
    public void ProgressShowsTheAttempt_AndHowLongThePlanGoesOn()
    {
        NoCapacity(times: 2);
        Outcome done = Do("New-PRInstance h100_80gb pytorch -RetryFor 00:05 -RetryEverySec 2");
        Assert.Contains(done.Progress, static one => (one.StatusDescription + one.CurrentOperation).Contains("next attempt (", StringComparison.Ordinal) && (one.StatusDescription + one.CurrentOperation).Contains("goes on for", StringComparison.Ordinal));
    }
}
