using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class NewScheduleTests : CmdletTests
{
    private const string Nightly = "New-PRSchedule -Name nightly -Gpu h100_80gb -Template pytorch -Cron '0 2 * * *'";

    public NewScheduleTests() => StartEmulator();

    [Fact]
    public void It_costs_one_list_and_one_request_and_says_spot()
    {
        Schedule made = Get<Schedule>(Nightly + " -MaxDuration 04:00 -MaxCost 10");
        Assert.Equal(("nightly", "h100_80gb", "pytorch", "0 2 * * *", TimeSpan.FromHours(4), 10m, true), (made.Name, made.Gpu, made.Template, made.Cron, made.MaxDuration, made.MaxCost, made.Spot));
        Assert.Equal(["GET /v1/schedules", "POST /v1/schedules"], Sent);
        Assert.Equal(3, made.NextRuns.Count);
        Assert.All(made.NextRuns, static time => Assert.Equal((2, 0, TimeSpan.Zero), (time.Hour, time.Minute, time.Offset)));
        Assert.True(made.NextRuns[0] > Emulator.UtcNow);
        Assert.False(Get<Schedule>("New-PRSchedule -Name other -Gpu h100_80gb -Template custom -DockerImage ghcr.io/x/y:1 -StartupScript 'echo hi' -Cron '*/5 * * * 1-5' -OnDemand").Spot);
    }

    [Fact]
    public void WhatIf_says_spot_and_the_next_runs_and_sends_nothing()
    {
        Do(Nightly + " -MaxDuration 04:00 -MaxCost 10 -WhatIf");
        AssertLike("*nightly*h100_80gb (pytorch), spot*0 2 * * *next 20* 02:00*if the server counts in UTC*at most 4 h and $10.00 a run*", Shell.Host.Lines[^1]);
        Do(Nightly + " -OnDemand -WhatIf");
        AssertLike("*on demand*without a limit*", Shell.Host.Lines[^1]);
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData("-Cron 'every day'", "Cron")]
    [InlineData("-Cron '0 2 * *'", "Cron")]
    [InlineData("-Cron '0 2 * * * *'", "Cron")]
    [InlineData("-Cron '61 2 * * *'", "Cron")]
    [InlineData("-Cron '@daily'", "Cron")]
    [InlineData("-Cron '0 0 30 2 *'", "Cron")]
    [InlineData("-Cron '0 2 * * *' -MaxDuration 01:30", "MaxDuration")]
    [InlineData("-Cron '0 2 * * *' -MaxCost 0", "MaxCost")]
    [InlineData("-Cron '0 2 * * *' -DockerImage x", "DockerImage")]
    public void A_wrong_value_is_refused_before_it_is_sent(string parameters, string field)
    {
        Outcome done = Run("New-PRSchedule -Name x -Gpu h100_80gb -Template pytorch " + parameters);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Equal(field, ((PulseRunException)done.Errors[0].Exception).Field);
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_name_that_exists_is_refused_with_the_one_list()
    {
        Do(Nightly);
        Emulator.ClearRequests();
        Outcome done = Run(Nightly.Replace("nightly", "Nightly"));
        Assert.Equal(["Conflict"], done.ErrorIds);
        Assert.Equal(["GET /v1/schedules"], Sent);
    }

    [Fact]
    public void A_lost_answer_is_adopted_with_a_warning()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Path = "/v1/schedules" });
        Outcome done = Run(Nightly + " -SettleSec 1");
        Schedule made = Assert.Single(done.As<Schedule>());
        AssertLike("*adopted " + made.Id + "*", Assert.Single(done.Warnings));
        Assert.Equal(1, CountSent("POST *"));
    }

    [Fact]
    public void An_unknown_outcome_is_an_error_and_the_next_command_creates_no_second_one()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.CutBeforeAnswer, Method = "POST", Path = "/v1/schedules", AfterEffect = true, Times = 1 });
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ListLag, Method = "GET", Path = "/v1/schedules", Duration = TimeSpan.FromHours(1) });
        Outcome done = Run(Nightly + " -SettleSec 0");
        Assert.Equal(["ScheduleOutcomeUnknown"], done.ErrorIds);
        Emulator.ClearFaults();
        Outcome again = Run(Nightly + " -SettleSec 0");
        Assert.Single(again.As<Schedule>());
        Assert.Single(again.Warnings);
        Assert.Single(GetAll<Schedule>("Get-PRSchedule"));
        Assert.Equal(1, CountSent("POST *"));
    }

    [Fact]
    public void Many_commands_with_one_name_create_one()
    {
        RunningScript[] all = Enumerable.Range(0, 4).Select(_ => Start(Nightly + " -SettleSec 0")).ToArray();
        RunningScript[] done = all.Select(static one => one.Wait()).ToArray();
        Assert.Single(done.SelectMany(static one => one.Output));
        Assert.All(done.SelectMany(static one => one.Errors), static error => Assert.Equal("Conflict", Outcome.IdOf(error)));
        Assert.Single(GetAll<Schedule>("Get-PRSchedule"));
    }

    [Fact]
    public void Without_a_journal_nothing_is_sent() => WithoutStore(() =>
    {
        Assert.Equal(["JournalUnavailable"], Run(Nightly).ErrorIds);
        Assert.Equal(0, CountSent("POST *"));
    });

    [Fact]
    public void A_server_without_schedules_is_feature_unavailable()
    {
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "/v1/schedules*", Status = 404, Text = "Not Found" });
        Outcome done = Run(Nightly + "; Get-PRSchedule; Remove-PRSchedule -Id x; Set-PRSchedule -Id x -MaxCost 1; Get-PRScheduleRun -Id x");
        Assert.Equal(Enumerable.Repeat("FeatureUnavailable", 5), done.ErrorIds);
        AssertLike("*planned*", done.Errors[0].Exception.Message);
    }
}
