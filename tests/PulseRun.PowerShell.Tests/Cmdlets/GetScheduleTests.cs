using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetScheduleTests : CmdletTests
{
    public GetScheduleTests()
    {
        StartEmulator();
        Do("foreach ($name in 'nightly', 'weekly') { New-PRSchedule $name -Gpu h100_80gb -Template pytorch -Cron '0 2 * * *' | Out-Null }");
        Emulator.ClearRequests();
    }

    [Fact]
    public void It_selects_by_name_and_id_for_one_list()
    {
        Assert.Equal(["nightly", "weekly"], GetAll<Schedule>("Get-PRSchedule").Select(static one => one.Name));
        Assert.Equal("weekly", Get<Schedule>("Get-PRSchedule WEEK*").Name);
        Assert.Equal("nightly", Get<Schedule>("Get-PRSchedule Nightly").Name);
        Assert.Equal("nightly", Get<Schedule>("$id = (Get-PRSchedule nightly).Id; Get-PRSchedule -Id $id").Name);
        Assert.All(Sent, static line => Assert.Equal("GET /v1/schedules", line));
    }

    [Fact]
    public void A_name_or_an_id_that_does_not_exist_is_an_error()
    {
        Outcome done = Run("Get-PRSchedule none, nightly; Get-PRSchedule -Id none");
        Assert.Equal(["ScheduleNotFound", "ScheduleNotFound"], done.ErrorIds);
        Assert.Equal("nightly", Assert.Single(done.As<Schedule>()).Name);
        Assert.Empty(Do("Get-PRSchedule none*").Output);
    }

    [Fact]
    public void Names_and_ids_are_completed_and_a_second_tab_sends_nothing()
    {
        WaitUntil(() => GetAll<string>("(TabExpansion2 'Get-PRSchedule ').CompletionMatches.CompletionText").SequenceEqual(["nightly", "weekly"]));
        Assert.Equal(["weekly"], GetAll<string>("(TabExpansion2 'Remove-PRSchedule we').CompletionMatches.CompletionText"));
        Assert.Equal(2, GetAll<string>("(TabExpansion2 'Set-PRSchedule -Id ').CompletionMatches.CompletionText").Length);
        Assert.Equal(["GET /v1/schedules"], Sent);
    }

    [Fact]
    public void A_row_is_the_same_in_every_culture() =>
        AssertLike("20??-??-??T02:00:00Z 20*", (string)Get<System.Collections.Specialized.OrderedDictionary>("(Get-PRSchedule nightly).ToRow()")["NextRuns"]!);
}
