using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Answers;

/// <summary>Tests responses with instances in undocumented or invalid forms.</summary>
public class InstanceAnswerTests : CmdletTests
{
    private const string Read = "Get-PRInstance -Id $ids[0]";

    public InstanceAnswerTests() => StartEmulator(connect: "-TimeoutSec 3");

    [Fact]
    public void Fields_that_are_not_known_are_kept_with_their_types()
    {
        Fail(new() { Kind = EmulatorFaultKind.ExtraFields, Text = "hello" });
        Do($"$more = ({Read}).AdditionalProperties");
        Outcome values = Do("$more['notes']; $more['gpu_count']; $more['reserved']; $more['uptime_ratio']; $more.ContainsKey('owner'); $null -eq $more['owner']; $more['tags']; $more['labels']['team']");
        Assert.Equal(["hello", 2L, false, 0.995, true, true, "a", "b", "vision"], values.Output.Select(one => one is int number ? (long)number : one is decimal ratio ? (double)ratio : one));
    }

    [Fact]
    public void Missing_fields_are_unknown()
    {
        string[] fields = ["ip", "region", "cost_per_hour", "spot", "created_at", "gpu_name", "template"];
        Fail(new() { Kind = EmulatorFaultKind.MissingFields, Names = fields });
        Instance instance = Get<Instance>($"($one = {Read})");
        Assert.All(new object?[] { instance.Ip, instance.Region, instance.CostPerHour, instance.Spot, instance.CreatedAt, instance.GpuName, instance.Template }, Assert.Null);
        Assert.Equal(Emulator.Instances[0].Gpu, instance.Gpu);
        Do("$one | Out-String");
    }

    [Theory]
    [InlineData("Z")]
    [InlineData("Offset")]
    [InlineData("Fraction")]
    [InlineData("NoZone")]
    public void Dates_of_every_form_are_read_as_UTC(string form)
    {
        Fail(new() { Kind = EmulatorFaultKind.DateForm, Form = form });
        DateTimeOffset created = Get<Instance>(Read).CreatedAt!.Value;
        Assert.Equal(TimeSpan.Zero, created.Offset);
        Assert.InRange((created - Emulator.Instances[0].CreatedAt!.Value).TotalSeconds, -1, 1);
    }

    [Fact]
    public void An_unknown_state_is_shown_as_it_came()
    {
        Fail(new() { Kind = EmulatorFaultKind.UnknownStatus, Text = "Hibernating-2" });
        Assert.All(GetAll<Instance>("Get-PRInstance"), one => Assert.Equal("Hibernating-2", one.Status));
        Assert.Equal(6, GetAll<Instance>("Get-PRInstance -Status 'hibernating*'").Length);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"inst\"")]
    [InlineData("{\"id\": }")]
    [InlineData("{\"id\":\"a\"}{\"id\":\"b\"}")]
    public void Something_that_is_no_instance_is_refused(string text)
    {
        Fail(new() { Kind = EmulatorFaultKind.NotJson, Text = text });
        Outcome done = Run(Read);
        Assert.Empty(done.Output);
        Assert.Equal(["MalformedResponse"], done.ErrorIds);
    }

    [Theory]
    [InlineData("Stop-PRInstance -Confirm:$false")]
    [InlineData("Remove-PRInstance -Force")]
    [InlineData("Get-PRInstanceMetrics")]
    [InlineData("Get-PRInstance")]
    public void An_id_that_the_server_made_up_never_makes_a_path(string verb)
    {
        Emulator.AddInstance(new Instance { Id = "../billing/balance?x=" });
        Do("$listed = Get-PRInstance | Select-Object -Last 1");
        Emulator.ClearRequests();
        Assert.Equal(["InvalidRequest"], Run("$listed | " + verb).ErrorIds);
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData(Read)]
    [InlineData("Get-PRInstance")]
    public void An_answer_without_an_id_is_refused(string script)
    {
        Fail(new() { Kind = EmulatorFaultKind.MissingFields, Names = ["id"] });
        Assert.Equal(["MalformedResponse"], Run(script).ErrorIds);
    }

    [Fact]
    public void Values_of_wrong_types_do_no_harm()
    {
        Fail(new()
        {
            Kind = EmulatorFaultKind.NotJson,
            Text = $$$"""{"id":"{{{Ids[0]}}}","status":["running"],"cost_per_hour":"cheap","spot":"maybe","created_at":12,"ip":{"v4":"1.2.3.4"},"gpu":7}""",
        });
        Assert.Equal(Ids[0], Get<Instance>($"($one = {Read})").Id);
        Do("$one | Format-List * | Out-String");
    }
}
