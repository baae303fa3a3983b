using System;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace PulseRun.Emulator.Tests;

public class SeedTests
{
    [Fact]
    public async Task One_seed_is_one_run()
    {
        Assert.Equal(await Run(7), await Run(7));
        Assert.NotEqual(await Run(7), await Run(8));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(12345)]
    public void The_fleet_is_mixed_whatever_the_seed(int seed)
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = 60, Seed = seed });
        var fleet = rig.Emulator.Instances;
        Assert.Equal(60, fleet.Select(instance => instance.Id).Distinct().Count());
        Assert.All(fleet, instance => Assert.Matches("^inst_[0-9a-z]{6,20}$", instance.Id));
        Assert.All(fleet, instance => Assert.True(instance.CreatedAt < Rig.Start.AddHours(-1) && instance.StartedAt > instance.CreatedAt && instance.StartedAt < Rig.Start));
        Assert.All(fleet, instance => Assert.InRange(instance.CostPerHour!.Value, 0.1m, 5m));
        Assert.Equal(10, fleet.Count(instance => instance.Status == "stopped"));
        Assert.Equal(8, fleet.Select(instance => instance.Gpu).Distinct().Count());
        Assert.Equal(4, fleet.Select(instance => instance.Provider).Distinct().Count());
        Assert.Single(fleet, instance => instance.Provider == "lambda");
        Assert.InRange(fleet.Count(instance => instance.Spot == true), 8, 40);
        Assert.True(fleet.Select(instance => instance.Region).Distinct().Count() >= 5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    public void The_fleet_is_as_large_as_asked(int count)
    {
        using var rig = new Rig(options: new EmulatorOptions { Instances = count });
        Assert.Equal(count, rig.Emulator.Instances.Select(instance => instance.Id).Distinct().Count());
    }

    private static async Task<string> Run(int seed)
    {
        using var rig = new Rig(options: new EmulatorOptions { Seed = seed });
        rig.Emulator.AddFault(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Path = "*/metrics", Probability = 0.3 });
        string log = (await rig.Get("/v1/instances")).Body + (await rig.Launch()).Body;
        for (int i = 0; i < 5; i++)
        {
            rig.Time.Advance(TimeSpan.FromSeconds(30));
            foreach (Instance instance in rig.Emulator.Instances)
                log += (await rig.Get("/v1/instances/" + instance.Id + "/metrics")).Body;
        }
        return log + (await rig.Get("/v1/billing/transactions")).Body;
    }
}
