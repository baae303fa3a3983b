using System.Linq;
using System.Management.Automation;
using System.Threading;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests what happens to instances that were launched and not written to the pipeline, because the command ended before.</summary>
public class NewInstanceToldTests : CmdletTests
{
    public NewInstanceToldTests() => StartEmulator(instances: 0);

    private string Account => Get<Context>("Get-PRContext").Account;

    [Theory]
    [InlineData("| Select-Object -First 1")]
    [InlineData("| ForEach-Object { throw 'downstream' }")]
    [InlineData("| ForEach-Object { break }")]
    public void What_a_command_downstream_keeps_from_being_written_is_named_and_once_more_later(string downstream)
    {
        string account = Account;
        using ManualResetEventSlim gate = new();
        Shell shell = OtherShell();
        shell.Set("emulator", Emulator);
        shell.Set("gate", gate);
        shell.Run("$emulator | Connect-PulseRun").Succeeded();
        using RunningScript launching = shell.Start("foreach ($once in 1) { New-PRInstance rtx_4090 pytorch -Count 3 | ForEach-Object { $null = $gate.Wait(20000); $_ } " + downstream + " }");
        // All three are in the journal when the pipeline ends, so no answer is on its way then.
        WaitUntil(() => Stores.Current.Launches.Untold(account).Count == 3);
        gate.Set();
        try
        {
            launching.Wait();
        }
        catch (RuntimeException)
        {
            // The throw of the command downstream.
        }
        AssertLike("*Launched and billing, but not written to the pipeline:*", launching.WarningText);
        Assert.All(Ids.Except(launching.Output.OfType<Instance>().Select(static one => one.Id)).Skip(1), id => Assert.Contains(id, launching.WarningText));

        Outcome found = Do("Resolve-PRLaunch");
        // The write of the first one never returned, so it is named as well, although Select-Object has passed it on.
        Assert.Equal(Ids.Order(), found.As<Launch>().Select(static one => one.InstanceId!).Order());
        Assert.All(found.As<Launch>(), static one => Assert.Equal(LaunchOutcome.Launched, one.Outcome));
        Assert.Equal(3, found.Warnings.Count(static one => IsLike(one, "An earlier launch *launched and billing*")));
        Assert.Empty(Do("Resolve-PRLaunch").Output);
    }

    [Fact]
    public void What_was_waited_for_is_named_by_Ctrl_C_and_by_the_next_launch()
    {
        string account = Account;
        Emulator.ProvisioningTime = System.TimeSpan.FromMinutes(10);
        using RunningScript launching = Start("New-PRInstance rtx_4090 pytorch -Count 4 -Wait");
        WaitUntil(() => Stores.Current.Launches.Untold(account).Count == 4 && CountSent("GET /v1/instances") >= 1);
        launching.Stop();
        Assert.All(Ids, id => Assert.Contains(id, launching.WarningText));
        Emulator.ProvisioningTime = System.TimeSpan.Zero;
        Assert.Equal(4, Do("New-PRInstance rtx_4090 pytorch").Warnings.Count(static one => IsLike(one, "*launched and billing, and no command had written it*")));
        Assert.DoesNotContain(Do("New-PRInstance rtx_4090 pytorch").Warnings, static one => one.Contains("An earlier launch"));
    }
}
