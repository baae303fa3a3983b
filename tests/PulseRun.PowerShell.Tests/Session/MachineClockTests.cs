using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Session;

/// <summary>Tests the clock of this process, which nothing moves. tests/PowerShell/FreshProcesses.Tests.ps1 runs processes under faketime, when PULSERUN_FAKETIME is its path.</summary>
public class MachineClockTests : CmdletTests
{
    [Fact]
    public void The_clock_of_this_process_is_that_of_the_machine()
    {
        Assert.False(MachineClock.IsMoved);
        Assert.False(MachineClock.IsFast);
    }

    [Fact]
    public void A_connection_to_another_server_on_this_machine_follows_its_date_and_one_to_an_emulator_does_not()
    {
        StartEmulator();
        Assert.False(Get<Context>("Get-PRContext").FollowsServer);
        Shell.Set("key", new System.Net.NetworkCredential("", "pr_test_0123456789abcdef").SecurePassword);
        Context here = Get<Context>("Connect-PulseRun -BaseUri http://127.0.0.1:9 -ApiKey $key -PassThru");
        Assert.True(here.FollowsServer);
        Assert.False(here.HasMovedClock);
        Assert.False(Get<Context>("Connect-PulseRun -BaseUri https://api.pulserun.dev -ApiKey $key -PassThru").FollowsServer);
    }
}
