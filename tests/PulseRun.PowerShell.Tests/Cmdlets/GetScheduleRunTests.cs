using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetScheduleRunTests : CmdletTests
{
    public GetScheduleRunTests()
    {
        StartEmulator(instances: 0);
        AdvanceToHalfPast();
        Do("New-PRSchedule hourly -Gpu h100_80gb -Template pytorch -Cron '0 * * * *' -MaxDuration 1:00");
        Emulator.SetBalance(1000);
        Emulator.Advance(TimeSpan.FromHours(3));
        Emulator.ClearRequests();
    }

    [Fact]
    public void Runs_have_their_instance_cost_and_end()
    {
        ScheduleRun[] runs = GetAll<ScheduleRun>("Get-PRScheduleRun hourly");
        Assert.Equal(3, runs.Length);
        Assert.Equal(["completed", "completed", "running"], runs.Select(static one => one.Status));
        Assert.Equal(TimeSpan.FromHours(1), runs[0].EndedAt - runs[0].StartedAt);
        Assert.InRange(runs[0].Cost!.Value, 1.1m, 1.2m);
        Assert.Contains(runs[2].InstanceId, Running.Select(static one => one.Id));
        Assert.Equal(2, Sent.Length);
        Assert.Equal(3, GetAll<ScheduleRun>("Get-PRSchedule | Get-PRScheduleRun").Length);
        Assert.Equal(3, GetAll<ScheduleRun>("(Get-PRSchedule).Id | Get-PRScheduleRun").Length);
    }

    [Fact]
    public void A_schedule_that_does_not_exist_is_one_error() =>
        Assert.Equal(["ScheduleNotFound", "ScheduleNotFound"], Run("Get-PRScheduleRun none; Get-PRScheduleRun -Id none").ErrorIds);
}
