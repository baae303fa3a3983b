using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Errors;

/// <summary>Tests that the advice of an error fits the command and its situation.</summary>
public class AdviceTests : CmdletTests
{
    private const string Canary = "pr_live_canary0123456789";

    private static string Advice(ErrorRecord? error) => error!.ErrorDetails.RecommendedAction;

    /// <summary>Returns everything that a session can print of an error.</summary>
    private static string All(ErrorRecord error) => string.Join("\n", error, error.Exception, error.ErrorDetails.Message, Advice(error), error.TargetObject, error.FullyQualifiedErrorId, error.CategoryInfo);

    [Theory]
    [InlineData("Stop-PRInstance")]
    [InlineData("Remove-PRInstance")]
    [InlineData("Start-PRInstance")]
    [InlineData("Get-PRInstanceMetrics")]
    [InlineData("Wait-PRInstance")]
    [InlineData("Get-PRIdleInstance -Id")]
    [InlineData("Protect-PRInstance")]
    [InlineData("Invoke-PRCommand -Command date -Id")]
    public void A_wildcard_names_the_pipeline_of_this_command(string command)
    {
        StartEmulator();
        Outcome done = Run(command + " inst_*");
        ErrorRecord error = done.Ended ?? Assert.Single(done.Errors);
        Assert.Equal("InvalidRequest", Outcome.IdOf(error));
        Assert.Contains("Get-PRInstance -Id 'inst_*' | " + command.Split(' ')[0], Advice(error));
        Assert.DoesNotContain(Sent, static line => line.Contains('*'));
    }

    [Fact]
    public void A_provider_that_cannot_stop_leaves_only_the_removal()
    {
        StartEmulator();
        Outcome done = Run("$ids | Stop-PRInstance -Confirm:$false");
        ErrorRecord error = Assert.Single(done.Errors, static one => Outcome.IdOf(one) == "InvalidRequest");
        Assert.Contains("Remove-PRInstance " + error.TargetObject, Advice(error));
        Assert.Contains("billed until", Advice(error));
    }

    [Theory]
    [InlineData("-ApiKey '" + Canary + "'")]
    [InlineData("'" + Canary + "'")]
    [InlineData("-ApiKey \"$('" + Canary + "')\" -Test")]
    [InlineData("-ApiKey '" + Canary + "' -Save -Profile night")]
    [InlineData("-ApiKey 12345678")]
    [InlineData("-ApiKey @('" + Canary + "', 'b')")]
    [InlineData("-ApiKey ''")]
    public void A_key_as_text_says_how_to_make_a_SecureString_and_is_not_repeated(string arguments)
    {
        Outcome done = Run("Connect-PulseRun " + arguments);
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Equal("ApiKey", done.Ended!.TargetObject);
        Assert.Contains("Read-Host -AsSecureString", Advice(done.Ended));
        Assert.Contains("ConvertTo-SecureString", Advice(done.Ended));
        Assert.DoesNotContain("canary", All(done.Ended));
        Assert.DoesNotContain("12345678", All(done.Ended));
        Assert.DoesNotContain(Run("Get-PRContext").Output, static one => one is Context { Source: "Parameter" });
    }

    [Fact]
    public void A_profile_that_is_not_saved_lists_the_saved_ones()
    {
        Do("Connect-PulseRun -KeyCommand { 'x' } -Profile advice-a -Save; Connect-PulseRun -KeyCommand { 'x' } -Profile advice-b -Save");
        try
        {
            Outcome done = Run("Connect-PulseRun -Profile advice-c");
            Assert.Equal("NotConnected", done.EndedId);
            Assert.Contains("advice-a, advice-b", done.Ended!.ToString());
        }
        finally
        {
            Do("Remove-PRProfile advice-a, advice-b");
        }
    }

    [Theory]
    [InlineData("Remove-PRInstance $ids[0]", "-Force or -Confirm:$false")]
    [InlineData("Stop-PRInstance $ids[0] -Confirm", "-Confirm:$false")]
    [InlineData("New-PRInstance rtx_4090 pytorch -Confirm", "-Confirm:$false")]
    public void A_question_that_cannot_be_asked_names_what_to_add(string script, string add)
    {
        StartEmulator();
        Outcome done = Run(script);
        Assert.Equal("InvalidRequest", done.EndedId ?? done.ErrorIds.Single());
        ErrorRecord error = done.Ended ?? done.Errors.Single();
        Assert.Contains("no terminal", error.ToString());
        Assert.Contains("Add " + add, Advice(error));
        Assert.Empty(Sent);
        // The switch that the advice names solves the problem.
        Assert.Single(Do(script.Replace(" -Confirm", "") + " -Confirm:$false").Output);
    }

    [Fact]
    public void The_copy_of_a_connection_in_another_process_is_refused_with_the_reason()
    {
        StartEmulator();
        Outcome done = Run("$copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize((Get-PRContext))); Get-PRInstance -Context $copy");
        Assert.Contains("another process", done.Ended!.ToString());
        Assert.Contains("$using:ctx", done.Ended.ToString());
        Assert.Equal(6, GetAll<Instance>("Get-PRInstance -Context (Get-PRContext)").Length);
    }

    [Fact]
    public void An_empty_history_says_what_a_verdict_needs_once()
    {
        StartEmulator();
        Emulator other = Emulator;
        Outcome first = Run("Get-PRIdleInstance");
        Assert.Empty(first.Output);
        string warning = Assert.Single(first.Warnings);
        Assert.Contains("of 30 minutes", warning);
        Assert.Contains("once a minute", warning);
        Assert.Contains("Watch-PRInstance", warning);
        Assert.Empty(Run("Get-PRIdleInstance -All").Warnings);
        // Another account has a history of its own.
        StartEmulator(seed: 2);
        Assert.NotSame(other, Emulator);
        Assert.Contains("No readings", Assert.Single(Run("Get-PRIdleInstance -For 00:05 -NoSample -All").Warnings));
    }

    [Fact]
    public void An_empty_fleet_and_a_fleet_that_does_not_run_need_no_advice()
    {
        StartEmulator(instances: 0);
        Assert.Empty(Run("Get-PRIdleInstance").Warnings);
        Do("$emulator.AddInstance(@{ Id = 'inst_s'; Status = 'stopped' })");
        Assert.Empty(Run("Get-PRIdleInstance -All").Warnings);
    }

    [Fact]
    public void A_protection_that_is_made_while_a_pipeline_runs_is_obeyed()
    {
        StartEmulator();
        TimeSpan was = ProtectionGuard.Fresh;
        ProtectionGuard.Fresh = TimeSpan.Zero;
        try
        {
            Outcome done = Run("$ids[0], $ids[1] | ForEach-Object { if ($_ -eq $ids[1]) { $null = Protect-PRInstance $_ }; $_ } | Stop-PRInstance -Confirm:$false; Unprotect-PRInstance $ids[1]");
            Assert.Equal(["InstanceProtected"], done.ErrorIds);
            Assert.Equal(0, CountSent("POST *" + Ids[1] + "*"));
        }
        finally
        {
            ProtectionGuard.Fresh = was;
        }
    }

    [Theory]
    [InlineData("Stop-PRInstance")]
    [InlineData("Remove-PRInstance")]
    public void Protections_are_obeyed_by_ids_objects_rows_and_WhatIf(string command)
    {
        StartEmulator();
        Do("$null = Protect-PRInstance $ids[1], $ids[2] -Reason 'run 12'");
        try
        {
            foreach (string input in new[] { "$ids[0..2]", "(Get-PRInstance -Id $ids[0..2])", "(Get-PRInstance -Id $ids[0..2] | ConvertTo-Csv | ConvertFrom-Csv)" })
            {
                foreach (string mode in new[] { "-WhatIf", "-WhatIf -Force" })
                {
                    Outcome would = Run($"{input} | {command} {mode}");
                    Assert.Equal(mode == "-WhatIf" ? new[] { "InstanceProtected", "InstanceProtected" } : [], would.ErrorIds);
                    Assert.Empty(would.Output);
                }
            }
            Assert.Equal(0, CountSent("POST *") + CountSent("DELETE *"));
            Outcome done = Run($"{command} -Id $ids[0..2] -Confirm:$false");
            Assert.Equal(["InstanceProtected", "InstanceProtected"], done.ErrorIds);
            Assert.Equal(Ids[0], Assert.Single(done.As<Instance>()).Id);
            Assert.Equal(2, Do($"{command} -Id $ids[1..2] -Force -Confirm:$false").Output.Count);
        }
        finally
        {
            Do("Unprotect-PRInstance $ids[1], $ids[2]");
        }
    }
}
