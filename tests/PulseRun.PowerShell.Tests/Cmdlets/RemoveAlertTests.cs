using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class RemoveAlertTests : CmdletTests
{
    public RemoveAlertTests()
    {
        StartEmulator();
        Do("1..3 | ForEach-Object { New-PRAlert -SpendAbove $_ }");
        Emulator.ClearRequests();
    }

    [Fact]
    public void Objects_ids_and_rows_of_a_file_are_removed()
    {
        Do("$alerts = Get-PRAlert; $alerts[0] | Remove-PRAlert; Remove-PRAlert $alerts[1].Id; $alerts[2] | Select-Object Id | Remove-PRAlert");
        Assert.Equal(3, CountSent("DELETE /v1/alerts/*"));
        Assert.Empty(Do("Get-PRAlert").Output);
    }

    [Fact]
    public void WhatIf_sends_nothing()
    {
        Do("Get-PRAlert | Remove-PRAlert -WhatIf");
        Assert.Equal(["GET /v1/alerts"], Sent);
    }

    [Fact]
    public void A_bad_id_among_good_ones_is_one_error()
    {
        Outcome done = Run("$id = (Get-PRAlert)[0].Id; Remove-PRAlert 'a/../b', none, $id");
        Assert.Equal(["InvalidRequest", "AlertNotFound"], done.ErrorIds);
        Assert.Equal(["a/../b", "none"], done.Errors.Select(static one => one.TargetObject));
        Assert.Equal(2, GetAll<Alert>("Get-PRAlert").Length);
    }
}
