using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class RemoveScheduleTests : CmdletTests
{
    public RemoveScheduleTests()
    {
        StartEmulator();
        Do("foreach ($name in 'a', 'b', 'c', 'd') { New-PRSchedule $name -Gpu h100_80gb -Template pytorch -Cron '0 2 * * *' | Out-Null }");
        Emulator.ClearRequests();
    }

    [Fact]
    public void Names_ids_and_objects_are_removed()
    {
        Do("Remove-PRSchedule A, b");
        Assert.Equal(["GET /v1/schedules", "DELETE", "DELETE"], Sent.Select(static line => line.StartsWith("DELETE", System.StringComparison.Ordinal) ? "DELETE" : line));
        Do("$id = (Get-PRSchedule c).Id; $id | Remove-PRSchedule; Get-PRSchedule d | Remove-PRSchedule");
        Assert.Empty(Do("Get-PRSchedule").Output);
    }

    [Fact]
    public void A_name_that_does_not_exist_is_one_error_and_the_others_are_removed()
    {
        Outcome done = Run("Remove-PRSchedule none, a");
        Assert.Equal(["ScheduleNotFound"], done.ErrorIds);
        Assert.Equal(3, GetAll<Schedule>("Get-PRSchedule").Length);
    }

    [Fact]
    public void WhatIf_sends_nothing()
    {
        Do("Remove-PRSchedule a -WhatIf");
        Assert.Empty(Sent);
    }
}
