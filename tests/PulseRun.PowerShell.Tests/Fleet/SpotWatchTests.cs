using System;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Fleet;

public class SpotWatchTests : CmdletTests
{
    public SpotWatchTests() => StartEmulator(instances: 0);

    private static Task<SpotStep> LookAsync(SpotWatch watch) => watch.LookAsync(SilentObserver.Instance, default);

    private SpotWatch Watch(bool isRecovered = false, bool spot = true, int most = 1)
    {
        Instance launched = Get<Instance>("New-PRInstance l40s pytorch" + (spot ? " -Spot" : ""));
        return new SpotWatch(Get<Context>("Get-PRContext"), launched, isRecovered, most);
    }

    [Fact]
    public async Task A_lost_instance_is_replaced_so_often_as_allowed()
    {
        SpotWatch watch = Watch();
        Emulator.ClearRequests();
        Assert.Equal(SpotStepKind.Alive, (await LookAsync(watch)).Kind);
        Assert.Equal(["GET /v1/instances"], Sent);
        Emulator.SetStatus(watch.Instance.Id, "terminated");
        Assert.Equal(SpotStepKind.Restart, (await LookAsync(watch)).Kind);
        watch.Restarted(Get<Instance>("New-PRInstance l40s pytorch -Spot"));
        Assert.Equal(1, watch.Restarts);
        Assert.Equal(SpotStepKind.Alive, (await LookAsync(watch)).Kind);
        Emulator.SetStatus(watch.Instance.Id, "failed");
        Assert.Equal(SpotStepKind.GiveUp, (await LookAsync(watch)).Kind);
    }

    [Fact]
    public async Task An_instance_on_demand_is_not_replaced()
    {
        SpotWatch watch = Watch(spot: false);
        Emulator.SetStatus(watch.Instance.Id, "terminated");
        Assert.Equal(SpotStepKind.GiveUp, (await LookAsync(watch)).Kind);
    }

    [Fact]
    public async Task A_list_that_fails_or_lacks_it_proves_nothing()
    {
        SpotWatch watch = Watch();
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ListLag, Duration = TimeSpan.FromHours(1) });
        Assert.Equal(SpotStepKind.Wait, (await LookAsync(watch)).Kind);
        Emulator.ClearFaults();
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "GET", Status = 501 });
        Assert.Equal(SpotStepKind.Wait, (await LookAsync(watch)).Kind);
    }

    [Fact]
    public async Task With_spot_recovery_the_replacement_of_the_server_is_taken_and_not_one_of_a_launch()
    {
        SpotWatch watch = Watch(isRecovered: true);
        Emulator.SetStatus(watch.Instance.Id, "terminated");
        Do("New-PRInstance l40s pytorch -Spot");
        Assert.Equal(SpotStepKind.Wait, (await LookAsync(watch)).Kind);
        Instance replacement = Emulator.AddInstance(new Instance { Gpu = "l40s", Template = "pytorch", Spot = true, Status = "running", CreatedAt = DateTimeOffset.UtcNow.AddSeconds(1) });
        SpotStep step = await LookAsync(watch);
        Assert.Equal((SpotStepKind.Replaced, replacement.Id), (step.Kind, step.Replacement?.Id));
    }
}
