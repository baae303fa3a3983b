using System;
using System.IO;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests New-PRInstance -ReadyWithin with machines that work, are slow or fail, and its acts on them.</summary>
public class NewInstanceReadyTests : CmdletTests
{
    private const string Post = "POST /v1/instances";

    public NewInstanceReadyTests() => StartEmulator(instances: 0);

    private static PulseRunException ErrorOf(Outcome done) => (PulseRunException)Assert.Single(done.Errors).Exception;

    private static TimeSpan Never => TimeSpan.FromHours(1);

    [Fact]
    public void ReadyMachines_AreWrittenWithTheTimeThatTheyTook()
    {
        Emulator.ProvisioningTime = TimeSpan.FromSeconds(1);
        Instance[] ready = GetAll<Instance>("New-PRInstance rtx_4090 pytorch -Count 3 -ReadyWithin 00:01");
        Assert.Equal(3, ready.Length);
        Assert.All(ready, static one => Assert.True(one is { Status: "running", Ip: not null } && one.TimeToReady >= TimeSpan.FromSeconds(1) && one.TimeToReady < TimeSpan.FromMinutes(1)));
        // One list at a time serves all of them.
        Assert.InRange(CountSent("GET /v1/instances"), 1, 4);
    }

    [Theory]
    [InlineData("", "provisioning", "*was kept*")]
    [InlineData("-OnNotReady Keep", "provisioning", "*was kept*")]
    [InlineData("-OnNotReady Remove", "terminated", "*was removed (terminated)*")]
    [InlineData("-OnNotReady Stop", "provisioning", "*could not be stopped, so IT IS STILL THERE*")]
    public void ASlowMachine_IsLeftAloneUntilTheTimeIsOver(string action, string status, string message)
    {
        Emulator.ProvisioningTime = Never;
        Outcome done = Run("$t = [Diagnostics.Stopwatch]::StartNew(); New-PRInstance rtx_4090 pytorch -ReadyWithin 00:00:03 " + action + "; $t.Elapsed.TotalSeconds -ge 2.9");
        PulseRunException error = ErrorOf(done);
        Assert.Equal(ErrorIds.WaitTimeout, error.ErrorId);
        Assert.Contains(Emulator.Instances[0].Id, error.Message);
        AssertLike(message, error.Message);
        Assert.Equal([true], done.Output);
        Assert.Equal(status, Assert.Single(Emulator.Instances).Status);
        Assert.Equal(1, CountSent(Post));
    }

    [Fact]
    public void Next_RemovesEachMachineFirst_AndEndsWithAllAttempts()
    {
        Emulator.ProvisioningTime = Never;
        PulseRunException error = ErrorOf(Run("New-PRInstance h100_80gb, l40s pytorch -ReadyWithin 00:00:02 -OnNotReady Next -WarningAction SilentlyContinue"));
        Assert.Equal(ErrorIds.WaitTimeout, error.ErrorId);
        Assert.Equal(Ids, error.Attempts.Select(static one => one.InstanceId!));
        Assert.All(error.Attempts, static one => Assert.Equal(ErrorIds.WaitTimeout, one.ErrorId));
        Assert.All(Emulator.Instances, static one => Assert.Equal("terminated", one.Status));
        // The removal is confirmed before the next launch.
        string[] acts = Sent.Where(static line => !line.EndsWith("/instances", StringComparison.Ordinal) || line == Post).Select(static line => line.Split(' ')[0]).ToArray();
        Assert.Equal(["POST", "DELETE", "GET", "POST", "DELETE", "GET"], acts);
        Assert.Empty(Do("Resolve-PRLaunch").Output);
    }

    [Fact]
    public void AMachineThatFails_IsReplacedAtOnce()
    {
        Emulator.ProvisioningTime = Never;
        RunningScript script = Start("New-PRInstance h100_80gb, l40s pytorch -ReadyWithin 00:05 -OnNotReady Next");
        WaitUntil(() => Emulator.Instances.Count == 1);
        // For the next one.
        Emulator.ProvisioningTime = TimeSpan.Zero;
        Emulator.SetStatus(Emulator.Instances[0].Id, "failed");
        RunningScript done = script.Wait();
        var ready = (Instance)Assert.Single(done.Output)!;
        Assert.Equal(("l40s", "running"), (ready.Gpu, ready.Status));
        Assert.NotNull(ready.TimeToReady);
        AssertLike("*cannot become ready: it is failed. It was removed, and the plan goes on.", done.WarningText);
        Assert.Equal("terminated", Emulator.Instances.Single(static one => one.Gpu == "h100_80gb").Status);
    }

    /// <summary>Both prices count: the removed machine is billed for its last minute.</summary>
    [Fact]
    public void Next_CountsBothPrices_AgainstTheLimitOfTheFleet()
    {
        Emulator.ProvisioningTime = Never;
        Do("New-PRInstance l40s pytorch | Remove-PRInstance -Force");
        Emulator.ClearRequests();
        PulseRunException error = ErrorOf(Run("New-PRInstance h100_80gb, l40s pytorch -ReadyWithin 00:00:02 -OnNotReady Next -MaxFleetCostPerHour 2.5 -WarningAction SilentlyContinue"));
        Assert.Equal(ErrorIds.CostLimitExceeded, error.ErrorId);
        Assert.Equal([ErrorIds.WaitTimeout, ErrorIds.CostLimitExceeded], error.Attempts.Select(static one => one.ErrorId));
        Assert.Equal(1, CountSent(Post));
        Assert.All(Emulator.Instances, static one => Assert.Equal("terminated", one.Status));
    }

    [Fact]
    public void ARemovalThatFails_LaunchesNothingElse()
    {
        Emulator.ProvisioningTime = Never;
        Fail(new EmulatorFault { Kind = EmulatorFaultKind.ServerError, Method = "DELETE", Status = 403, Text = "No." });
        PulseRunException error = ErrorOf(Run("New-PRInstance h100_80gb, l40s pytorch -ReadyWithin 00:00:01 -OnNotReady Next"));
        Assert.Equal(ErrorIds.WaitTimeout, error.ErrorId);
        AssertLike("*may still be billed, and nothing else was launched*", error.Message);
        Assert.Equal(1, CountSent(Post));
    }

    [Fact]
    public void TheReadyCommand_IsRepeatedUntilItSucceeds()
    {
        if (OperatingSystem.IsWindows())
            return;
        Emulator.ProvisioningTime = TimeSpan.Zero;
        string folder = FakeSsh("echo x >> \"$0.asked\"; test $(wc -l < \"$0.asked\") -ge 2");
        Instance ready = Get<Instance>("New-PRInstance rtx_4090 pytorch -ReadyWithin 00:02 -ReadyCommand 'nvidia-smi -L'");
        Assert.True(ready.TimeToReady > TimeSpan.FromSeconds(4));
        Assert.Equal(2, File.ReadAllLines(Path.Combine(folder, "ssh.asked")).Length);
    }

    [Fact]
    public void AReadyCommandThatFails_IsNotReady_AndTheErrorSaysWhy()
    {
        if (OperatingSystem.IsWindows())
            return;
        Emulator.ProvisioningTime = TimeSpan.Zero;
        FakeSsh("echo 'No devices were found' >&2; exit 6");
        PulseRunException error = ErrorOf(Run("New-PRInstance rtx_4090 pytorch -ReadyWithin 00:00:08 -ReadyCommand 'nvidia-smi -L' -OnNotReady Remove"));
        Assert.Equal(ErrorIds.WaitTimeout, error.ErrorId);
        AssertLike("*exit code 6: No devices were found*removed*", error.Message);
        Assert.Equal("terminated", Assert.Single(Emulator.Instances).Status);
    }

    [Fact]
    public void CtrlC_NamesTheMachineThatIsNotReady()
    {
        Emulator.ProvisioningTime = Never;
        RunningScript script = Start("New-PRInstance rtx_4090 pytorch -ReadyWithin 00:05");
        WaitUntil(() => CountSent("GET /v1/instances") > 0);
        script.Stop();
        string id = Assert.Single(Ids);
        Assert.Equal(id, Get<Launch>("Resolve-PRLaunch -WarningAction SilentlyContinue").InstanceId);
    }

    private string FakeSsh(string script)
    {
        string folder = Path.Combine(Folder, "bin");
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "ssh");
        File.WriteAllText(file, "#!/bin/sh\n" + script + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        SetVariable("PATH", folder + ":" + Environment.GetEnvironmentVariable("PATH"));
        return folder;
    }
}
