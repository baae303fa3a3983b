using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

/// <summary>Tests New-PRInstance with input from the pipeline, with many instances, with unknown names, and with little credit.</summary>
public class NewInstancePlanTests : CmdletTests
{
    private const string Post = "POST /v1/instances";
    private const string Balance = "GET /v1/billing/balance";

    public NewInstancePlanTests() => StartEmulator(instances: 0);

    [Theory]
    [InlineData("eu-west", "eu")]
    [InlineData("us-east", "us")]
    [InlineData("asia-southeast", "asia")]
    [InlineData("eu", "eu")]
    [InlineData("any", "any")]
    public void An_instance_from_the_pipeline_is_launched_again_in_its_region(string location, string region)
    {
        Emulator.AddInstance(new Instance { Gpu = "rtx_4090", Template = "pytorch", Region = location, Provider = "vast_ai", Spot = true, Status = "running", CostPerHour = 0.4m });
        Outcome done = Run("Get-PRInstance | New-PRInstance -Debug");
        string body = done.Debug.Single(line => line.StartsWith("> POST", StringComparison.Ordinal));
        AssertLike("*\"gpu\":\"rtx_4090\"*\"template\":\"pytorch\"*\"region\":\"" + region + "\"*\"spot\":true*", body);
        Assert.Equal(1, CountSent(Post));
    }

    [Fact]
    public void A_region_that_is_given_is_sent_as_it_is()
    {
        Outcome done = Run("New-PRInstance rtx_4090 pytorch -Region eu-west -Debug");
        AssertLike("*\"region\":\"eu-west\"*", done.Debug.Single(line => line.StartsWith("> POST", StringComparison.Ordinal)));
    }

    /// <summary>The template of an instance says nothing of its image.</summary>
    [Fact]
    public void An_instance_with_an_image_of_its_own_is_refused_without_the_image()
    {
        Emulator.AddInstance(new Instance { Gpu = "rtx_4090", Template = "custom", Region = "us-east", Status = "running" });
        Outcome done = Run("Get-PRInstance | New-PRInstance");
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Contains("DockerImage", done.Errors[0].Exception.Message);
        Do("Get-PRInstance | New-PRInstance -DockerImage ghcr.io/me/x:1");
        Assert.Equal(1, CountSent(Post));
    }

    [Theory]
    [InlineData("New-PRInstance rtx_4090 pytorch -Count 11", 0)]
    [InlineData("1..11 | ForEach-Object { [pscustomobject]@{ Gpu = 'rtx_4090'; Template = 'pytorch' } } | New-PRInstance", 10)]
    [InlineData("[pscustomobject]@{ Gpu = 'rtx_4090'; Template = 'pytorch'; Count = 8 }, [pscustomobject]@{ Gpu = 'rtx_4090'; Template = 'jupyter'; Count = 3 } | New-PRInstance", 8)]
    public void Above_10_instances_the_command_asks_once_or_names_the_switch(string script, int unasked)
    {
        Outcome cannotAsk = Run(script);
        Assert.Equal(unasked, CountSent(Post));
        AssertLike("*this needs a confirmation, and there is no terminal to ask in. Add -Confirm:$false to do it without a question. Nothing was sent.*", (cannotAsk.Ended ?? cannotAsk.Errors[0]).Exception.Message);

        Emulator.ClearRequests();
        Shell.Host.Answer = 0;
        Do(script);
        Assert.Equal(11, CountSent(Post));
        Assert.Equal(2, Shell.Host.Questions.Count);
        AssertLike("*Launch *instance*rtx_4090*", Shell.Host.Questions[1]);

        Emulator.ClearRequests();
        Shell.Host.Answer = null;
        Do(script + " -Confirm:$false");
        Assert.Equal(11, CountSent(Post));
    }

    [Fact]
    public void Up_to_10_instances_and_WhatIf_ask_nothing()
    {
        Do("New-PRInstance rtx_4090 pytorch -Count 10; New-PRInstance rtx_4090 pytorch -Count 30 -WhatIf");
        Assert.Equal(10, CountSent(Post));
        Assert.Empty(Shell.Host.Questions);
    }

    [Theory]
    [InlineData("h10080gb pytorch", "Gpu 'h10080gb' is not a known name: did you mean h100_80gb?")]
    [InlineData("A100-80GBB pytorch", "Gpu 'A100-80GBB' is not a known name: did you mean a100_80gb?")]
    public void A_name_that_the_server_refuses_comes_with_the_nearest_known_one(string names, string advice)
    {
        Outcome done = Run("New-PRInstance " + names);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.EndsWith(advice, done.Errors[0].Exception.Message);
        Assert.Equal(422, ((PulseRunException)done.Errors[0].Exception).StatusCode);
    }

    /// <summary>The emulator accepts any template.</summary>
    [Fact]
    public void A_name_that_is_not_known_and_accepted_is_a_warning_once()
    {
        Assert.Equal(["Template 'pytroch' is not a known name: did you mean pytorch? The server accepted it."], Do("New-PRInstance rtx_4090 pytroch -Count 2").Warnings);
        Do("Get-PRInstance");
        Assert.Empty(Do("New-PRInstance rtx_4090 pytroch").Warnings);
    }

    [Fact]
    public void A_name_that_resembles_none_and_one_that_is_known_come_without_advice()
    {
        Assert.DoesNotContain("did you mean", Run("New-PRInstance nosuch_thing pytorch").Errors[0].Exception.Message);
        // The GPU of an instance of this account counts as a known name.
        Emulator.AddInstance(new Instance { Gpu = "h100_80gx", Template = "pytorch", Status = "running" });
        Do("Get-PRInstance");
        Assert.DoesNotContain("did you mean", Run("New-PRInstance h100_80gx pytorch").Errors[0].Exception.Message);
    }

    [Fact]
    public void Credit_below_an_hour_at_the_price_is_a_warning_before_the_launch()
    {
        Do("New-PRInstance h100_80gb pytorch");
        Assert.Equal(0, CountSent(Balance));
        Emulator.SetBalance(5);
        Outcome done = Do("New-PRInstance h100_80gb pytorch -Count 2; New-PRInstance h100_80gb pytorch -Count 2");
        // Two last an hour, four do not. The balance is read once a minute.
        AssertLike("The credit of $?.?? does not last an hour at the price of these launches ($8.40/h). *disks included.", Assert.Single(done.Warnings));
        Assert.Equal([Post, Balance, Post, Post, Post, Post], Sent);
        int warning = done.All.ToList().FindIndex(one => one is System.Management.Automation.WarningRecord);
        Assert.Equal(2, done.All.Take(warning).OfType<Instance>().Count());
    }

    [Fact]
    public void A_balance_that_cannot_be_read_hinders_nothing()
    {
        Do("New-PRInstance h100_80gb pytorch");
        Fail(new() { Kind = EmulatorFaultKind.ServerError, Path = "/v1/billing*", Status = 403 });
        Outcome done = Do("New-PRInstance h100_80gb pytorch -Verbose");
        Assert.Empty(done.Warnings);
        Assert.Contains(done.Verbose, line => line.StartsWith("The credit is not known", StringComparison.Ordinal));
        Assert.Equal(2, CountSent(Post));
    }

    [Fact]
    public void WhatIf_sends_nothing_also_where_the_price_is_known()
    {
        Do("New-PRInstance h100_80gb pytorch");
        Emulator.ClearRequests();
        Do("New-PRInstance h100_80gb pytorch -WhatIf");
        Assert.Empty(Sent);
    }
}
