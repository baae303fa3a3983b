using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using PulseRun.Tests.Shared;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests Get-PRStore.</summary>
public class GetStoreTests : CmdletTests
{
    [Fact]
    public void Without_a_setting_it_is_the_file_of_this_machine()
    {
        StoreInfo store = Get<StoreInfo>("Get-PRStore");
        Assert.Equal(("SQLite", System.IO.Path.Combine(DataDirectory, "pulserun.db"), null), (store.Kind, store.Location, store.SizeBytes));
        Assert.False(System.IO.File.Exists(store.Location));
        Assert.Equal(["InvalidRequest"], Run("Get-PRStore -Role").AllErrorIds());
    }

    [ServerFact]
    public void It_shows_sizes_hosts_leases_and_roles()
    {
        Shell.Set("store", PostgresCluster.Shared.Text(PostgresCluster.Shared.NewDatabase()));
        Do("Initialize-PRStore -Store $store");
        StartEmulator(connect: "-Store $store");
        Do("Get-PRIdleInstance -WarningAction SilentlyContinue");
        StoreInfo store = Get<StoreInfo>("Get-PRStore");
        Assert.True(store.SizeBytes > 0);
        Assert.Contains(store.Tables, static table => table.Name == "sample");
        Assert.Contains(store.Connections, static one => one.Host == Environment.MachineName);
        Assert.Empty(store.Leases);
        Assert.InRange(store.ClockOffset!.Value, TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(5));
        Assert.Equal(["pulserun_owner", "pulserun_writer", "pulserun_reader"], GetAll<StoreRole>("Get-PRStore -Role").Select(static role => role.Name));
    }
}
