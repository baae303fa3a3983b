using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class StartEmulatorTests : CmdletTests
{
    [Fact]
    public void It_opens_a_free_loopback_port()
    {
        var emulator = Get<Emulator>("Start-PREmulator");
        Assert.True(emulator.Port > 0);
        Assert.Equal(new Uri($"http://127.0.0.1:{emulator.Port}/"), emulator.BaseUri);
        Assert.Equal(60, emulator.RequestsPerMinute);
        Assert.Equal(6, emulator.Instances.Count);
    }

    [Fact]
    public void It_opens_the_port_it_is_given_and_serves_other_programs()
    {
        int count = Get<int>(
            """
            $first = Start-PREmulator
            $port = $first.Port
            $first | Stop-PREmulator
            $emulator = Start-PREmulator -Port $port -Instances 2
            $answer = Invoke-RestMethod "http://127.0.0.1:$port/v1/instances" -Headers @{ Authorization = "Bearer $($emulator.ApiKey)" }
            @($answer.data).Count
            """);
        Assert.Equal(2, count);
    }

    [Fact]
    public void A_port_that_is_taken_is_an_error()
    {
        var first = Get<Emulator>("($first = Start-PREmulator)");
        Outcome done = Run("Start-PREmulator -Port $first.Port");
        Assert.Equal("InvalidRequest", done.EndedId);
        Assert.Equal("Port", done.Ended!.TargetObject);
        AssertLike($"*{first.Port}*", done.Ended.ToString());
    }

    [Fact]
    public void A_seed_makes_the_same_fleet_and_another_seed_another_one()
    {
        string Fleet(int seed) => string.Join(" ", Get<Emulator>($"Start-PREmulator -Seed {seed}").Instances.Select(one => one.Id));
        Assert.Equal(Fleet(7), Fleet(7));
        Assert.NotEqual(Fleet(7), Fleet(8));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(50)]
    public void It_takes_a_number_of_instances(int count) =>
        Assert.Equal(count, Get<Emulator>($"Start-PREmulator -Instances {count}").Instances.Count);

    [Fact]
    public void Time_can_run_faster()
    {
        var emulator = Get<Emulator>("($emulator = Start-PREmulator -TimeScale 1000 -RequestsPerMinute 0)");
        Do("$emulator | Connect-PulseRun; $new = New-PRInstance h100_80gb pytorch -Confirm:$false");
        WaitUntil(() => Get<Instance>("Get-PRInstance -Id $new.Id").Status == "running");
        Assert.Equal(1000, emulator.TimeScale);
    }

    [Fact]
    public void It_enforces_its_rate_limit()
    {
        StartEmulator(requestsPerMinute: 3, connect: "-MaxWaitSec 0");
        Do("1..3 | ForEach-Object { Get-PRInstance }");
        Assert.Equal(["RateLimited"], Run("Get-PRInstance").ErrorIds);
    }

    [Theory]
    [InlineData("-Port 65536")]
    [InlineData("-Instances -1")]
    [InlineData("-TimeScale 0")]
    [InlineData("-RequestsPerMinute -1")]
    public void Impossible_values_are_refused(string parameter) =>
        Assert.Equal("ParameterArgumentValidationError", Run("Start-PREmulator " + parameter).EndedId);

    [Fact]
    public void It_keeps_the_requests_it_got()
    {
        StartEmulator();
        Do("Get-PRInstance -Status running");
        EmulatorRequest request = Assert.Single(Emulator.Requests);
        Assert.Equal(("GET", "/v1/instances?status=running", 200, true), (request.Method, request.Path, request.Status, request.HasAuthorization));
        Assert.Equal(TimeSpan.Zero, request.Time.Offset);
        Emulator.ClearRequests();
        Assert.Empty(Emulator.Requests);
    }
}
