using System;
using System.Linq;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Cmdlets;

public class GetInstanceTests : CmdletTests
{
    public GetInstanceTests() => StartEmulator();

    public static TheoryData<string, string> NotIds => new()
    {
        { "a slash", "inst_a/stop" },
        { "an encoded slash", "inst_a%2fstop" },
        { "a step up", ".." },
        { "steps up", "../../v1/billing/balance" },
        { "a dot", "." },
        { "a fragment", "inst_a#b" },
        { "a percent sign", "%" },
        { "a space", "inst a" },
        { "only spaces", "  " },
        { "a line end", "inst_a\r\nX: y" },
        { "a tab", "inst_a\t" },
        { "a NUL", "inst_a\0" },
        { "an umlaut", "inst_ä" },
        { "a full-width letter", "inst_ａ" },
        { "a backslash", @"inst_a\b" },
        { "an ampersand", "a&status=x" },
        // Written as an escape, because xunit cannot pass it between processes.
        { "half a surrogate pair", @"inst_\ud800" },
        { "a very long text", new string('x', 5000) },
    };

    private string[] Read(string script) => GetAll<Instance>(script).Select(one => one.Id).ToArray();

    [Fact]
    public void It_lists_everything_in_the_order_of_the_server() => Assert.Equal(Ids, Read("Get-PRInstance"));

    [Fact]
    public void It_fills_every_field_of_the_API()
    {
        Instance instance = GetAll<Instance>("Get-PRInstance -Status running")[0];
        Instance truth = Emulator.Instances.Single(one => one.Id == instance.Id);
        foreach (string name in new[] { "Status", "Gpu", "GpuName", "Provider", "Region", "Ip", "SshCommand", "JupyterUrl", "CostPerHour", "Template", "Spot" })
        {
            object? value = typeof(Instance).GetProperty(name)!.GetValue(instance);
            Assert.True(value is not (null or ""), name);
            Assert.Equal(typeof(Instance).GetProperty(name)!.GetValue(truth), value);
        }
        Assert.NotNull(instance.CreatedAt);
        Assert.Equal(TimeSpan.Zero, instance.StartedAt!.Value.Offset);
    }

    [Fact]
    public void Unknown_values_are_null()
    {
        Emulator.ProvisioningTime = TimeSpan.FromHours(1);
        Instance read = Get<Instance>("$new = New-PRInstance h100_80gb pytorch -Confirm:$false; Get-PRInstance -Id $new.Id");
        Assert.Null(read.Ip);
        Assert.Null(read.SshCommand);
        Assert.Null(read.JupyterUrl);
        Assert.Null(read.StartedAt);
    }

    [Fact]
    public void Nothing_there_is_no_error()
    {
        StartEmulator(0);
        Assert.Empty(Run("Get-PRInstance").All);
        Assert.Equal(["GET /v1/instances"], Sent);
    }

    [Theory]
    [InlineData("Status")]
    [InlineData("Gpu")]
    [InlineData("Region")]
    [InlineData("Provider")]
    [InlineData("Template")]
    public void It_filters_by_text_whatever_the_case_and_by_wildcard(string name)
    {
        string Value(Instance one) => (string)typeof(Instance).GetProperty(name)!.GetValue(one)!;
        string[] With(Func<Instance, bool> holds) => Emulator.Instances.Where(holds).Select(one => one.Id).ToArray();
        string value = Value(Emulator.Instances[1]);
        string[] expected = With(one => Value(one) == value);
        Assert.Equal(expected, Read($"Get-PRInstance -{name} '{value}'"));
        Assert.Equal(expected, Read($"Get-PRInstance -{name} '{value.ToUpperInvariant()}'"));
        Assert.Equal(With(one => Value(one).StartsWith(value[..3], StringComparison.Ordinal)), Read($"Get-PRInstance -{name} '{value[..3]}*'"));
        Assert.Empty(Read($"Get-PRInstance -{name} nosuch"));
    }

    [Theory]
    [InlineData("Status")]
    [InlineData("Gpu")]
    [InlineData("Region")]
    [InlineData("Provider")]
    [InlineData("Template")]
    public void An_empty_filter_is_refused_as_it_is_not_everything(string name)
    {
        foreach (string nothing in new[] { "$null", "''", "@()" })
        {
            Outcome done = Run($"Get-PRInstance -{name} {nothing}");
            Assert.Equal("ParameterArgumentValidationError", done.EndedId);
            Assert.Empty(done.Output);
        }
        Assert.Empty(Sent);
    }

    [Fact]
    public void It_takes_several_states()
    {
        Assert.Equal(6, Read("Get-PRInstance -Status running, stopped").Length);
        Assert.Equal([Ids[3]], Read("Get-PRInstance -Status stopped, nosuch"));
    }

    [Fact]
    public void It_filters_by_spot_and_by_not_spot()
    {
        Assert.Equal(Emulator.Instances.Where(one => one.Spot == true).Select(one => one.Id), Read("Get-PRInstance -Spot"));
        Assert.Equal(Emulator.Instances.Where(one => one.Spot != true).Select(one => one.Id), Read("Get-PRInstance -Spot:$false"));
        Assert.NotEmpty(Read("Get-PRInstance -Spot"));
        Assert.NotEmpty(Read("Get-PRInstance -Spot:$false"));
    }

    [Fact]
    public void All_filters_must_hold()
    {
        Instance one = Emulator.Instances[1];
        Assert.Equal([one.Id], Read($"Get-PRInstance -Gpu {one.Gpu} -Status running -Template {one.Template}"));
        Assert.Empty(Read($"Get-PRInstance -Gpu {one.Gpu} -Status stopped"));
    }

    [Fact]
    public void Filters_apply_to_ids_too()
    {
        Assert.Equal([Ids[3]], Read("Get-PRInstance -Id $ids -Status stopped"));
        Assert.Empty(Read("Get-PRInstance -Id $ids[0] -Status stopped"));
    }

    [Fact]
    public void It_reads_one_by_id()
    {
        Assert.Equal([Ids[2]], Read("Get-PRInstance -Id $ids[2]"));
        Assert.Equal([Ids[2]], Read("Get-PRInstance $ids[2]"));
    }

    [Fact]
    public void It_reads_several_in_the_order_given_and_each_once()
    {
        string[] expected = [Ids[4], Ids[0], Ids[2]];
        Assert.Equal(expected, Read("Get-PRInstance -Id $ids[4, 0, 2, 0]"));
        Assert.Equal(expected, Read("$ids[4, 0, 2, 0] | Get-PRInstance"));
    }

    [Fact]
    public void Ids_differ_by_case() => Assert.Equal(["InstanceNotFound"], Run("Get-PRInstance -Id $ids[0].ToUpperInvariant()").ErrorIds);

    [Fact]
    public void It_goes_on_after_one_that_does_not_exist()
    {
        Outcome done = Run("Get-PRInstance -Id $ids[0], 'inst_nosuch', $ids[1]");
        Assert.Equal([Ids[0], Ids[1]], done.As<Instance>().Select(one => one.Id));
        Assert.Equal(["InstanceNotFound"], done.ErrorIds);
        Assert.Equal("inst_nosuch", done.Errors[0].TargetObject);
        Assert.Null(done.Ended);
    }

    [Theory]
    [InlineData("inst_w*")]
    [InlineData("*")]
    [InlineData("INST_W*")]
    [InlineData("inst_[fq]*")]
    [InlineData("inst_?????????????*")]
    public void Ids_may_be_wildcards(string pattern) => Assert.Equal(Ids.Where(id => IsLike(id, pattern)), Read($"Get-PRInstance -Id '{pattern}'"));

    [Fact]
    public void A_wildcard_without_a_match_is_no_error() => Assert.Empty(Run("Get-PRInstance -Id 'nosuch*'").All);

    [Fact]
    public void It_takes_objects_and_reads_them_again()
    {
        Do("$before = Get-PRInstance -Id $ids[0]");
        Emulator.SetStatus(Ids[0], "failed");
        Assert.Equal("failed", Get<Instance>("$before | Get-PRInstance").Status);
        Assert.Equal("running", Get<string>("$before.Status"));
    }

    [Theory]
    [InlineData("$null")]
    [InlineData("''")]
    [InlineData("@($null, '')")]
    [InlineData("$thereIsNoSuchVariable")]
    public void An_empty_id_is_refused_as_it_is_not_everything(string id)
    {
        Outcome done = Run("Get-PRInstance -Id " + id);
        Assert.Empty(done.Output);
        Assert.NotEmpty(done.ErrorIds);
        Assert.All(done.ErrorIds, one => Assert.Equal("InvalidRequest", one));
        Assert.Empty(Sent);
    }

    [Fact]
    public void An_empty_array_sends_nothing()
    {
        Assert.Empty(Run("Get-PRInstance -Id @()").Output);
        Assert.Empty(Run("@() | Get-PRInstance").Output);
        Assert.Empty(Sent);
    }

    [Theory]
    [InlineData("$null")]
    [InlineData("''")]
    [InlineData("[pscustomobject]@{ Name = 'x' }")]
    [InlineData("[pscustomobject]@{ Id = '' }")]
    [InlineData("[pscustomobject]@{ Id = $null }")]
    public void Something_empty_from_the_pipeline_is_not_everything(string value)
    {
        Outcome done = Run(value + " | Get-PRInstance");
        Assert.Empty(done.Output);
        Assert.True(done.Errors.Count > 0 || done.Ended is not null);
        Assert.Empty(Sent);
    }

    [Theory]
    [MemberData(nameof(NotIds))]
    public void An_id_that_is_none_is_refused_and_the_rest_goes_on(string name, string id)
    {
        id = id.Replace(@"\ud800", "\ud800", StringComparison.Ordinal);
        Shell.Set("id", id);
        Outcome done = Run("Get-PRInstance -Id $id, $ids[1]");
        Assert.Equal(Ids[1], Assert.Single(done.As<Instance>()).Id);
        Assert.Equal(["InvalidRequest"], done.ErrorIds);
        Assert.Equal(id, done.Errors[0].TargetObject);
        Assert.True(done.Errors[0].ToString().Length < 600, name);
        Assert.Equal(["GET /v1/instances/" + Ids[1]], Sent);
    }

    [Theory]
    [InlineData("inst_a?x=1")]
    [InlineData("inst_[a")]
    public void A_question_mark_or_a_bracket_makes_a_wildcard_and_never_a_path(string id)
    {
        Run($"Get-PRInstance -Id '{id}'");
        Assert.All(Sent, line => Assert.Equal("GET /v1/instances", line));
    }

    [Fact]
    public void A_filter_that_fits_nothing_names_what_it_was_likely_meant_to_be()
    {
        StartEmulator(0);
        foreach (string region in new[] { "eu-west", "eu-central" })
            Emulator.AddInstance(new Instance { Status = "running", Gpu = "h100_80gb", Region = region });
        AssertLike("Status 'runing' *The nearest is running.", Assert.Single(Do("Get-PRInstance -Status runing").Warnings));
        AssertLike("*eu-central, eu-west. Did you mean eu`*`?", Assert.Single(Do("Get-PRInstance -Region eu").Warnings));
        AssertLike("*Did you mean h100_80gb`?", Assert.Single(Do("Get-PRInstance -Gpu h10080gb").Warnings));
        Assert.Equal(3, Sent.Length);
    }

    [Theory]
    [InlineData("-Status stopped")]
    [InlineData("-Gpu a100_80gb")]
    [InlineData("-Region us*")]
    [InlineData("-Gpu h100_80gb")]
    [InlineData("-Status running, runing")]
    public void A_filter_that_may_be_right_warns_of_nothing(string filter)
    {
        // A state that nothing is in, a GPU that no instance has, a pattern, a filter that fits.
        StartEmulator(0);
        Emulator.AddInstance(new Instance { Status = "running", Gpu = "h100_80gb", Region = "eu-west" });
        Assert.Empty(Do("Get-PRInstance " + filter).Warnings);
        Assert.Single(Sent);
    }
}
