using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests the warnings of Resolve-PRLaunch about launches that it does not resolve.</summary>
public class ResolveLaunchElsewhereTests : CmdletTests
{
    /// <summary>Leaves a launch with an unknown outcome: its answer is lost, and the list cannot be read.</summary>
    private const string Lose = "New-PRInstance h100_80gb pytorch -SettleSec 0 -ErrorAction SilentlyContinue";

    [Fact]
    public void Launches_of_other_connections_are_named_with_their_address_and_not_with_a_key()
    {
        Emulator first = StartEmulator(instances: 0);
        first.AddFault(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST" });
        first.AddFault(new() { Kind = EmulatorFaultKind.ListCut, Method = "GET" });
        Do(Lose + "; " + Lose);
        StartEmulator(instances: 0);

        Outcome done = Do("Resolve-PRLaunch");
        Assert.Empty(done.Output);
        string warning = Assert.Single(done.Warnings);
        AssertLike("* launches of other connections have an unknown outcome: *2 with " + first.BaseUri.AbsoluteUri.TrimEnd('/') + "*Use Resolve-PRLaunch on that connection to determine it.", warning);
        Assert.DoesNotContain(first.ApiKey, warning);
        // A launch that is named by its id belongs to this connection.
        Assert.Empty(Run("Resolve-PRLaunch -IntentId " + Guid.NewGuid()).Warnings);

        first.ClearFaults();
        Shell.Set("first", first);
        Outcome resolved = Do("$first | Connect-PulseRun; Resolve-PRLaunch -SettleSec 0");
        Assert.Equal(first.Instances.Select(static one => one.Id).OrderBy(static id => id, StringComparer.Ordinal), resolved.As<Launch>().Select(static one => one.InstanceId).OrderBy(static id => id, StringComparer.Ordinal));
        // Other tests leave launches as well.
        Assert.DoesNotContain(resolved.Warnings, warning => warning.Contains(first.BaseUri.AbsoluteUri.TrimEnd('/')));
        Do("$first | Stop-PREmulator");
    }

    /// <summary>A second host launches such instances in this account: what appears may be another of them, so the person decides.</summary>
    [Fact]
    public void An_instance_that_fits_is_only_a_candidate_while_such_ones_are_launched_elsewhere()
    {
        StartEmulator(instances: 0);
        Instance other = Emulator.AddInstance(new Instance { Gpu = "h100_80gb", Template = "pytorch", Spot = false, Status = "running", CreatedAt = DateTimeOffset.UtcNow.AddHours(-1) });
        Fail(new() { Kind = EmulatorFaultKind.ServerErrorAfterEffect, Method = "POST", Times = 1 });
        Outcome unknown = Run("New-PRInstance h100_80gb pytorch -SettleSec 1");
        Assert.Equal(["LaunchOutcomeUnknown"], unknown.ErrorIds);
        string own = Emulator.Instances.Single(one => one.Id != other.Id).Id;
        AssertLike("*also launched from elsewhere in this account (" + other.Id + "). It may be " + own + ".*", unknown.Errors[0].Exception.Message);

        Launch found = Get<Launch>("Resolve-PRLaunch -SettleSec 1");
        Assert.Equal((LaunchOutcome.Unknown, own), (found.Outcome, Assert.Single(found.Candidates).Id));
        Launch decided = Get<Launch>("Resolve-PRLaunch " + found.IntentId + " -InstanceId " + own);
        Assert.Equal((LaunchOutcome.Launched, own), (decided.Outcome, decided.InstanceId));
        Assert.Empty(Do("Resolve-PRLaunch").Output);
    }
}
