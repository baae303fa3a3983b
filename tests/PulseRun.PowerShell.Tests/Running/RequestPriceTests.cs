using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Running;

/// <summary>Tests the number of requests that each command sends. Requests are limited to 60 per minute.</summary>
public class RequestPriceTests : CmdletTests
{
    public RequestPriceTests() => StartEmulator(12);

    [Theory]
    [InlineData(1, "Get-PRInstance")]
    [InlineData(1, "Get-PRInstance -Status running, stopped -Gpu a* -Region us* -Provider v* -Template p* -Spot")]
    [InlineData(1, "Get-PRInstance -Id 'inst_*'")]
    [InlineData(1, "Get-PRInstance -Id 'nosuch*'")]
    [InlineData(1, "Get-PRInstance -Id 'inst_w*', $ids[0], $ids[1]")]
    [InlineData(1, "Get-PRInstance -Id $ids[0]")]
    [InlineData(1, "Get-PRInstance -Id $ids[0, 1, 2]")]
    [InlineData(1, "$ids[0, 1, 2] | Get-PRInstance")]
    [InlineData(2, "Get-PRInstance | Get-PRInstance")]
    [InlineData(2, "Get-PRInstance -Id $ids[0], $ids[1], 'inst_nosuch' -ErrorAction SilentlyContinue")]
    [InlineData(1, "Get-PRInstance -Id $ids[0], $ids[0], $ids[0]")]
    [InlineData(4, "$ids[0, 1, 2, 4] | Get-PRInstanceMetrics")]
    [InlineData(1, "New-PRInstance rtx_4090 pytorch -Confirm:$false")]
    [InlineData(5, "New-PRInstance rtx_4090 pytorch -Count 5 -Confirm:$false")]
    [InlineData(1, "Stop-PRInstance -Id $ids[0] -Confirm:$false")]
    [InlineData(2, "Stop-PRInstance -Id $ids[3] -Confirm:$false # It is stopped already.")]
    [InlineData(1, "Remove-PRInstance -Id $ids[0] -Force")]
    [InlineData(5, "New-PRInstance rtx_4090 pytorch -Confirm:$false | Get-PRInstance | Stop-PRInstance -Confirm:$false | Start-PRInstance | Remove-PRInstance -Force")]
    [InlineData(0, "$emulator | Connect-PulseRun; $null = Get-PRContext")]
    [InlineData(1, "Get-PRInstance | Remove-PRInstance -WhatIf")]
    public void A_job_costs(int requests, string job)
    {
        Do(job);
        Assert.Equal(requests, Sent.Length);
    }

    [Theory]
    [InlineData("Stop-PRInstance -Confirm:$false", "POST */stop")]
    [InlineData("Remove-PRInstance -Force", "DELETE *")]
    [InlineData("Get-PRInstanceMetrics", "GET */metrics")]
    public void A_verb_on_the_N_running_ones_costs_1_and_N(string verb, string like)
    {
        int running = Running.Length;
        Run("Get-PRInstance -Status running | " + verb);
        Assert.Equal(1 + running, Sent.Length);
        Assert.Equal(running, CountSent(like));
        Assert.Single(Sent, "GET /v1/instances?status=running");
    }

    [Fact]
    public void The_server_filters_by_one_state_and_this_side_by_several()
    {
        Do("Get-PRInstance -Status stopped; Get-PRInstance -Status stopped, failed; Get-PRInstance -Status 'stop*'");
        Assert.Equal(["GET /v1/instances?status=stopped", "GET /v1/instances", "GET /v1/instances"], Sent);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.EmptyAnswer)]
    [InlineData(EmulatorFaultKind.PartialAnswer)]
    public void An_answer_that_is_not_whole_costs_one_more(EmulatorFaultKind kind)
    {
        Fail(new() { Kind = kind });
        Assert.Equal(Emulator.Instances[0].Gpu, Get<Instance>("Stop-PRInstance -Id $ids[0] -Confirm:$false").Gpu);
        Assert.Equal([$"POST /v1/instances/{Ids[0]}/stop", $"GET /v1/instances/{Ids[0]}"], Sent);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.EmptyAnswer)]
    [InlineData(EmulatorFaultKind.PartialAnswer)]
    public void It_costs_nothing_more_after_a_removal(EmulatorFaultKind kind)
    {
        Fail(new() { Kind = kind });
        Assert.Equal("terminated", Get<Instance>("Get-PRInstance | Select-Object -First 1 | Remove-PRInstance -Force").Status);
        Assert.Equal(2, Sent.Length);
    }

    [Fact]
    public void A_page_costs_one()
    {
        Fail(new() { Kind = EmulatorFaultKind.Paging, Count = 5 });
        Assert.Equal(12, GetAll<Instance>("Get-PRInstance").Length);
        Assert.Equal(3, Sent.Length);
    }
}
