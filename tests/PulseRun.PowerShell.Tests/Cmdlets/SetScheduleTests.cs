using System;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class SetScheduleTests : CmdletTests
{
    public SetScheduleTests()
    {
        StartEmulator();
        Do("New-PRSchedule nightly -Gpu h100_80gb -Template custom -DockerImage ghcr.io/x/y:1 -StartupScript 'export API_KEY=pr_live_CANARYcanary0123456789' -Cron '0 2 * * *' -MaxDuration 4:00 -MaxCost 10");
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_changes_only_what_was_given_for_a_list_and_a_request()
    {
        Schedule now = Get<Schedule>("Set-PRSchedule nightly -MaxCost 20 -OnDemand -Cron '30 3 * * *'");
        Assert.Equal(("nightly", "h100_80gb", "custom", "30 3 * * *", TimeSpan.FromHours(4), 20m, false, "ghcr.io/x/y:1"), (now.Name, now.Gpu, now.Template, now.Cron, now.MaxDuration, now.MaxCost, now.Spot, now.DockerImage));
        AssertLike("GET /v1/schedules, PUT /v1/schedules/sched_*", string.Join(", ", Sent));
        Schedule back = Get<Schedule>("Get-PRSchedule | Set-PRSchedule -OnDemand:$false -MaxDuration $null -NewName late");
        Assert.Equal(("late", true, null, 20m), (back.Name, back.Spot, back.MaxDuration, back.MaxCost));
    }

    [Fact]
    public void A_script_that_is_shown_redacted_is_sent_back_whole()
    {
        Schedule now = Get<Schedule>("Set-PRSchedule nightly -MaxCost 20");
        Assert.DoesNotContain("CANARY", now.StartupScript);
        // The emulator has the whole script; a client with another key would show it.
        Assert.Equal("export API_KEY=pr_live_CANARYcanary0123456789", Get<Schedule>("Get-PRSchedule nightly").Raw!.StartupScript);
    }

    [Theory]
    [InlineData("Set-PRSchedule nightly", "InvalidRequest")]
    [InlineData("Set-PRSchedule nightly -Cron nonsense", "InvalidRequest")]
    [InlineData("Set-PRSchedule nightly -MaxDuration 00:30", "InvalidRequest")]
    [InlineData("Set-PRSchedule none -MaxCost 1", "ScheduleNotFound")]
    [InlineData("Set-PRSchedule -Id none -MaxCost 1", "ScheduleNotFound")]
    public void A_wrong_change_is_not_sent(string script, string id)
    {
        Assert.Equal([id], Run(script).ErrorIds);
        Assert.Equal(0, CountSent("PUT *"));
    }

    [Fact]
    public void WhatIf_shows_the_result_and_changes_nothing()
    {
        Do("Set-PRSchedule nightly -MaxCost 20 -WhatIf");
        AssertLike("*Change schedule sched_*nightly*at most 4 h and $20.00*", Shell.Host.Lines[^1]);
        Assert.Equal(["GET /v1/schedules"], Sent);
    }
}
