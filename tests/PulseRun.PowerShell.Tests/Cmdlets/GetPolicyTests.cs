using System;
using System.IO;
using System.Linq;
using PulseRun.Core.Policy;
using PulseRun.PowerShell.Session;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>The base of tests with a policy. The place of the file is set in this process only; no parameter or variable can set it.</summary>
public abstract class PolicyTests : CmdletTests
{
    protected PolicyTests()
    {
        MachinePolicy.Place = new PolicyPlace(Path.Combine(Folder, "policy.json")) { TrustedOwner = Owner() };
        StartEmulator();
    }

    /// <summary>Writes the policy.</summary>
    protected void Write(string json)
    {
        File.WriteAllText(MachinePolicy.Place.Path, json);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(MachinePolicy.Place.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    /// <summary>Runs a script that must fail with one PolicyViolation, which names the rule and the file, and send no request that changes something.</summary>
    protected void AssertViolates(string rule, string script)
    {
        int before = Sent.Length;
        Outcome outcome = Run(script);
        var error = outcome.Ended ?? Assert.Single(outcome.Errors);
        Assert.Equal("PolicyViolation", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains(rule, error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains(MachinePolicy.Place.Path, error.Exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Sent.Skip(before), static line => line.StartsWith("POST", StringComparison.Ordinal) || line.StartsWith("DELETE", StringComparison.Ordinal));
    }

    protected override void Dispose(bool disposing)
    {
        MachinePolicy.Place = MachinePolicy.OfThisMachine;
        base.Dispose(disposing);
    }

    [System.Runtime.InteropServices.DllImport("libc")]
    private static extern uint geteuid();

    private static uint? Owner() => OperatingSystem.IsWindows() ? null : geteuid();
}

public class GetPolicyTests : PolicyTests
{
    [Fact]
    public void It_returns_the_rules_and_sends_nothing()
    {
        Write("""{ "requirelifetime": true, "MaxLifetime": "2.00:00:00", "AllowedGpu": ["rtx_*"], "ProtectedTag": "keep=true" }""");
        Policy policy = Get<Policy>("Get-PRPolicy");
        Assert.Equal(MachinePolicy.Place.Path, policy.Path);
        Assert.True(policy.RequireLifetime);
        Assert.Equal(TimeSpan.FromDays(2), policy.MaxLifetime);
        Assert.Equal(["rtx_*"], policy.AllowedGpu);
        Assert.Null(policy.MaxHourlyCost);
        Assert.Empty(Sent);
    }

    [Fact]
    public void Without_a_file_it_returns_nothing() => Assert.Empty(Do("Get-PRPolicy").Output);

    [Fact]
    public void A_refused_file_is_an_error_and_nothing_is_launched()
    {
        Write("{\n \"RequireLifetme\": true\n}");
        AssertViolates("line 2", "Get-PRPolicy");
        AssertViolates("line 2", "New-PRInstance rtx_4090 pytorch");
        AssertViolates("line 2", "Invoke-PRCleanup 00:30:00 -Confirm:$false");
        AssertViolates("line 2", "Get-PRInstance -Status stopped | Select-Object -First 1 | Start-PRInstance");
        Assert.Empty(Run("Get-PRInstance").Errors);
    }

    [Fact]
    public void A_file_that_others_may_write_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        Write("{ }");
        File.SetUnixFileMode(MachinePolicy.Place.Path, File.GetUnixFileMode(MachinePolicy.Place.Path) | UnixFileMode.OtherWrite);
        AssertViolates("write", "New-PRInstance rtx_4090 pytorch");
    }

    [Fact]
    public void No_variable_moves_the_file()
    {
        Write("""{ "AllowedGpu": "h100*" }""");
        foreach (string name in new[] { "PULSERUN_DATA_DIR", "ProgramData", "ALLUSERSPROFILE", "HOME", "XDG_CONFIG_HOME", "PULSERUN_POLICY" })
        {
            if (name != "PULSERUN_DATA_DIR")
                SetVariable(name, Folder);
        }
        AssertViolates("AllowedGpu", "New-PRInstance rtx_4090 pytorch");
        WithDataDirectory(Path.Combine(Folder, "another store"), () => AssertViolates("AllowedGpu", "New-PRInstance rtx_4090 pytorch"));
        AssertViolates("AllowedGpu", "New-PRInstance rtx_4090 pytorch -NoJournal");
        Assert.Equal(OperatingSystem.IsWindows() ? MachinePolicy.OfThisMachine.Path : "/etc/pulserun/policy.json", MachinePolicy.OfThisMachine.Path);
    }
}

public class PolicyOfLaunchesTests : PolicyTests
{
    [Fact]
    public void WhatIf_tells_the_violation_and_sends_nothing()
    {
        Write("""{ "AllowedGpu": ["rtx_*"] }""");
        AssertViolates("AllowedGpu", "New-PRInstance h100_80gb pytorch -WhatIf");
        Assert.Empty(Sent);
        Assert.Empty(Run("New-PRInstance rtx_4090 pytorch -WhatIf").Errors);
    }

    [Fact]
    public void One_row_that_violates_does_not_keep_the_others_from_being_launched()
    {
        Write("""{ "AllowedGpu": ["rtx_*"] }""");
        Outcome outcome = Run("[pscustomobject]@{ Gpu = 'h100_80gb'; Template = 'pytorch' }, [pscustomobject]@{ Gpu = 'rtx_4090'; Template = 'pytorch' } | New-PRInstance");
        Assert.Equal("rtx_4090", Assert.Single(outcome.As<Instance>()).Gpu);
        Assert.Equal("h100_80gb", ((LaunchRequest)Assert.Single(outcome.Errors).TargetObject).Gpu);
    }

    [Fact]
    public void The_only_allowed_provider_is_asked_for()
    {
        Write("""{ "AllowedProvider": ["runpod"] }""");
        Assert.Equal("runpod", Get<Instance>("New-PRInstance rtx_4090 pytorch").Provider);
        AssertViolates("AllowedProvider", "New-PRInstance rtx_4090 pytorch -Provider vast_ai");
    }

    [Fact]
    public void A_price_above_the_limit_is_a_violation_whatever_the_command_allows()
    {
        Write("""{ "MaxHourlyCost": 0.01 }""");
        // The price is not known before the first launch: its instance is terminated.
        Outcome first = Run("New-PRInstance rtx_4090 pytorch -MaxHourlyCost 100 -AllowUnknownPrice");
        var error = Assert.Single(first.Errors);
        Assert.Equal("PolicyViolation", error.FullyQualifiedErrorId.Split(',')[0]);
        Assert.Contains("MaxHourlyCost of the policy '" + MachinePolicy.Place.Path, error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal(1, CountSent("DELETE *"));
        // Now it is known, and nothing is sent, also with -WhatIf.
        AssertViolates("MaxHourlyCost", "New-PRInstance rtx_4090 pytorch -MaxHourlyCost 100");
        AssertViolates("MaxHourlyCost", "New-PRInstance rtx_4090 pytorch -WhatIf");
    }

    [Fact]
    public void A_limit_of_the_command_below_the_policy_keeps_its_own_error()
    {
        Write("""{ "MaxHourlyCost": 50 }""");
        Assert.Empty(Run("New-PRInstance rtx_4090 pytorch").Errors);
        Assert.StartsWith("CostLimitExceeded,", Assert.Single(Run("New-PRInstance rtx_4090 pytorch -MaxHourlyCost 0.01").Errors).FullyQualifiedErrorId, StringComparison.Ordinal);
    }
}

public class PolicyOfNotesTests : PolicyTests
{
    [Fact]
    public void A_launch_needs_the_lifetime_and_the_tags()
    {
        Write("""{ "RequireLifetime": true, "MaxLifetime": "08:00:00", "RequireTag": ["owner"] }""");
        AssertViolates("RequireTag", "New-PRInstance rtx_4090 pytorch -Lifetime 01:00");
        AssertViolates("RequireLifetime", "New-PRInstance rtx_4090 pytorch -Tag @{ owner = 'ann' }");
        AssertViolates("MaxLifetime", "New-PRInstance rtx_4090 pytorch -Tag @{ owner = 'ann' } -Lifetime 08:00:01");
        SetVariable("PULSERUN_DEFAULT_LIFETIME", "3.00:00:00");
        AssertViolates("MaxLifetime", "New-PRInstance rtx_4090 pytorch -Tag @{ owner = 'ann' }");
        SetVariable("PULSERUN_DEFAULT_LIFETIME", null);
        AssertViolates("RequireTag", "New-PRInstance rtx_4090 pytorch -NoJournal");
        Assert.Single(GetAll<Instance>("New-PRInstance rtx_4090 pytorch -Tag @{ Owner = 'ann' } -Lifetime 08:00"));
    }

    [Fact]
    public void What_a_launch_needs_cannot_be_taken_away_afterwards()
    {
        Write("""{ "RequireLifetime": true, "MaxLifetime": "08:00:00", "RequireTag": ["owner"] }""");
        Do("$i = New-PRInstance rtx_4090 pytorch -Tag @{ owner = 'ann' } -Lifetime 08:00");
        AssertViolates("RequireLifetime", "$i | Set-PRInstance -NoExpiry");
        AssertViolates("MaxLifetime", "$i | Set-PRInstance -Lifetime 09:00");
        AssertViolates("RequireTag", "$i | Set-PRInstance -RemoveTag owner");
        AssertViolates("RequireTag", "Set-PRInstance -Id $i.Id -Tag @{ owner = '' }");
        Do("$i | Set-PRInstance -Lifetime 02:00 -Tag @{ owner = 'bob' }");
    }

    [Fact]
    public void The_protected_tag_keeps_cleanup_stop_and_remove_away()
    {
        Write("""{ "ProtectedTag": "keep=true" }""");
        Do("$i = New-PRInstance rtx_4090 pytorch -Tag @{ keep = 'true' } -Lifetime 00:10; $j = New-PRInstance rtx_4090 pytorch -Tag @{ keep = 'false' } -Lifetime 00:10");
        Emulator.Advance(TimeSpan.FromHours(1));
        CleanupAction[] acts = GetAll<CleanupAction>("Invoke-PRCleanup -Confirm:$false");
        Shell.Set("acts", acts);
        Assert.Equal("Protected", Get<string>("\"$(($acts | Where-Object Id -eq $i.Id).Reason)\""));
        Assert.Equal("Stopped", Get<string>("\"$(($acts | Where-Object Id -eq $j.Id).Action)\""));
        Assert.Equal("InstanceProtected", Assert.Single(Run("$i | Stop-PRInstance -Confirm:$false").ErrorIds));
        Assert.Equal("InstanceProtected", Assert.Single(Run("Remove-PRInstance $i.Id -Confirm:$false").ErrorIds));
        Do("$i | Stop-PRInstance -Force -Confirm:$false");
    }
}

public class PolicyOfStartsTests : PolicyTests
{
    [Fact]
    public void A_start_of_a_GPU_that_is_not_allowed_is_not_sent()
    {
        Instance stopped = Emulator.Instances.First(static one => one.Status == "stopped");
        Write("""{ "AllowedGpu": ["none_*"] }""");
        Shell.Set("id", stopped.Id);
        AssertViolates("AllowedGpu", "Start-PRInstance $id");
        AssertViolates("AllowedGpu", "Get-PRInstance $id | Start-PRInstance");
        AssertViolates("AllowedGpu", "Get-PRInstance $id | Start-PRInstance -WhatIf");
        Write("{ \"AllowedGpu\": [\"" + stopped.Gpu + "\"] }");
        Assert.Empty(Run("Start-PRInstance $id").Errors);
    }

    [Fact]
    public void Without_rules_about_instances_a_start_costs_no_more_requests()
    {
        Instance stopped = Emulator.Instances.First(static one => one.Status == "stopped");
        Write("""{ "RequireLifetime": true }""");
        Shell.Set("id", stopped.Id);
        Do("Start-PRInstance $id");
        Assert.Equal(["POST /v1/instances/" + stopped.Id + "/start"], Sent);
    }
}

public class PolicyOfIdleTimesTests : PolicyTests
{
    [Fact]
    public void A_shorter_idle_time_is_refused_before_anything_is_sent()
    {
        Write("""{ "MinIdleFor": "01:00:00" }""");
        AssertViolates("MinIdleFor", "Invoke-PRCleanup 00:59:59 -Confirm:$false");
        AssertViolates("MinIdleFor", "Invoke-PRCleanup 00:30:00 -WhatIf");
        AssertViolates("MinIdleFor", "Get-PRIdleInstance -For 00:30:00");
        AssertViolates("MinIdleFor", "Register-PRCleanup 00:30:00 -WhatIf");
        Assert.Empty(Sent);
        Assert.Empty(Run("Invoke-PRCleanup 01:00:00 -WhatIf").Errors);
    }

    [Fact]
    public void Without_a_time_the_shortest_allowed_one_is_used()
    {
        Write("""{ "MinIdleFor": "01:00:00" }""");
        // 00:30:00, the default, would be refused.
        Assert.NotEmpty(GetAll<IdleVerdict>("Get-PRIdleInstance -All"));
    }
}
