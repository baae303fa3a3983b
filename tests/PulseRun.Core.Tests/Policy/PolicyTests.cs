using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Policy;
using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Core.Tests.Policy;

public class PolicyTests
{
    private const string File = "/etc/pulserun/policy.json";

    private static readonly Dictionary<string, string> s_tags = new() { ["Owner"] = "ann" };

    private static PulseRun.Policy Parse(params (string Name, object? Value)[] rules) =>
        PolicyParser.Parse(File, rules.Select(static (rule, i) => new PolicyEntry(rule.Name, i + 2, rule.Value)));

    private static PlannedLaunch Planned(string gpu = "rtx_4090", string? provider = "vast_ai", TimeSpan? lifetime = null, decimal? price = null, bool? migrate = null) =>
        new(new LaunchRequest { Gpu = gpu, Template = "pytorch", Provider = provider, AutoMigrate = migrate }) { Lifetime = lifetime, Tags = s_tags, Price = price };

    private static void AssertViolates(string rule, PulseRunException? violation)
    {
        Assert.NotNull(violation);
        Assert.Equal(ErrorIds.PolicyViolation, violation.ErrorId);
        Assert.StartsWith(rule + " of the policy '" + File + "'", violation.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_of_the_documentation_is_read_with_names_in_any_case()
    {
        PulseRun.Policy policy = Parse(
            ("requirelifetime", true), ("MAXLIFETIME", "2.00:00:00"), ("requireTag", new[] { "owner" }), ("MaxHourlyCost", 4.0m),
            ("AllowedGpu", new[] { "rtx_*" }), ("AllowedProvider", new[] { "vast_ai" }), ("MinIdleFor", "00:20:00"), ("ProtectedTag", "keep=true"));
        Assert.Equal(File, policy.Path);
        Assert.True(policy.RequireLifetime);
        Assert.Equal(TimeSpan.FromDays(2), policy.MaxLifetime);
        Assert.Equal(["owner"], policy.RequireTag);
        Assert.Equal(4m, policy.MaxHourlyCost);
        Assert.Equal(["rtx_*"], policy.AllowedGpu);
        Assert.Equal(["vast_ai"], policy.AllowedProvider);
        Assert.Equal(TimeSpan.FromMinutes(20), policy.MinIdleFor);
        Assert.Equal("keep=true", policy.ProtectedTag);
    }

    [Theory]
    [InlineData("MaxLifetimes", "2.00:00:00")]
    [InlineData("MaxLifetime", "24")]
    [InlineData("MaxLifetime", "-01:00:00")]
    [InlineData("MaxLifetime", "00:00:00")]
    [InlineData("MaxLifetime", "99999999.00:00:00")]
    [InlineData("MaxLifetime", 24)]
    [InlineData("MaxLifetime", null)]
    [InlineData("RequireLifetime", "true")]
    [InlineData("MaxHourlyCost", "4.0")]
    [InlineData("RequireTag", "a b")]
    [InlineData("RequireTag", null)]
    [InlineData("AllowedGpu", "")]
    [InlineData("AllowedGpu", true)]
    [InlineData("MinIdleFor", "soon")]
    [InlineData("ProtectedTag", "=true")]
    [InlineData("ProtectedTag", "")]
    [InlineData("", "x")]
    public void A_wrong_rule_refuses_the_whole_file_and_names_its_line(string name, object? value)
    {
        var error = Assert.Throws<PulseRunException>(() => Parse(("RequireLifetime", true), (name == "RequireLifetime" ? "MaxLifetime" : "AllowedGpu", name == "AllowedGpu" ? "x" : "00:20:00"), (name, value)));
        Assert.Equal(ErrorIds.PolicyViolation, error.ErrorId);
        Assert.Contains(File, error.Message, StringComparison.Ordinal);
        Assert.Contains("line ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rule_that_is_there_twice_in_two_spellings_refuses_the_file()
    {
        var error = Assert.Throws<PulseRunException>(() => Parse(("MaxHourlyCost", 4m), ("maxhourlycost", 400m)));
        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("MaxHourlyCost is there twice", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_lists_and_negative_prices_are_refused()
    {
        Assert.Throws<PulseRunException>(() => Parse(("AllowedGpu", Array.Empty<string>())));
        Assert.Throws<PulseRunException>(() => Parse(("RequireTag", Array.Empty<string>())));
        Assert.Throws<PulseRunException>(() => Parse(("MaxHourlyCost", -1m)));
        Assert.Equal(0m, Parse(("MaxHourlyCost", 0m)).MaxHourlyCost);
    }

    [Fact]
    public void Without_rules_everything_is_allowed() =>
        Assert.Null(PolicyRules.Launch(Parse(), Planned(provider: null, price: 100)));

    [Fact]
    public void A_launch_without_a_lifetime_violates_the_requirement_and_the_longest_lifetime()
    {
        AssertViolates("RequireLifetime", PolicyRules.Launch(Parse(("RequireLifetime", true), ("MaxLifetime", "08:00:00")), Planned()));
        AssertViolates("MaxLifetime", PolicyRules.Launch(Parse(("MaxLifetime", "08:00:00")), Planned()));
        AssertViolates("MaxLifetime", PolicyRules.Launch(Parse(("MaxLifetime", "08:00:00")), Planned(lifetime: new TimeSpan(8, 0, 1))));
        Assert.Null(PolicyRules.Launch(Parse(("RequireLifetime", true), ("MaxLifetime", "08:00:00")), Planned(lifetime: TimeSpan.FromHours(8))));
    }

    [Fact]
    public void Tags_are_required_by_key_in_any_case_and_need_a_value()
    {
        PulseRun.Policy policy = Parse(("RequireTag", new[] { "owner", "team" }));
        AssertViolates("RequireTag", PolicyRules.Launch(policy, Planned()));
        Assert.Null(PolicyRules.Launch(policy, Planned() with { Tags = new Dictionary<string, string> { ["OWNER"] = "ann", ["team"] = "nlp" } }));
        AssertViolates("RequireTag", PolicyRules.Launch(policy, Planned() with { Tags = new Dictionary<string, string> { ["owner"] = "ann", ["team"] = " " } }));
    }

    [Theory]
    [InlineData("rtx_4090", null)]
    [InlineData("RTX_3090", null)]
    [InlineData("xrtx_4090", "AllowedGpu")]
    [InlineData("h100_80gb", "AllowedGpu")]
    public void Only_allowed_GPUs_are_launched(string gpu, string? rule)
    {
        PulseRunException? violation = PolicyRules.Launch(Parse(("AllowedGpu", new[] { "rtx_*", "a100_80gb" })), Planned(gpu));
        if (rule is null)
            Assert.Null(violation);
        else
            AssertViolates(rule, violation);
    }

    [Fact]
    public void The_server_does_not_choose_the_provider_where_only_some_are_allowed()
    {
        PulseRun.Policy one = Parse(("AllowedProvider", new[] { "vast_ai" })), two = Parse(("AllowedProvider", new[] { "vast_ai", "runpod" }));
        AssertViolates("AllowedProvider", PolicyRules.Launch(one, Planned(provider: "lambda")));
        AssertViolates("AllowedProvider", PolicyRules.Launch(two, Planned(provider: null)));
        AssertViolates("AllowedProvider", PolicyRules.Launch(two, Planned(provider: "AUTO")));
        AssertViolates("AllowedProvider", PolicyRules.Launch(one, Planned(migrate: true)));
        Assert.Null(PolicyRules.Launch(two, Planned(provider: "RunPod")));
        Assert.Equal("vast_ai", PolicyRules.Narrow(one, Planned(provider: null).Request).Provider);
        Assert.Equal("vast_ai", PolicyRules.Narrow(one, Planned(provider: "auto").Request).Provider);
        Assert.Null(PolicyRules.Narrow(two, Planned(provider: null).Request).Provider);
        Assert.Equal("lambda", PolicyRules.Narrow(one, Planned(provider: "lambda").Request).Provider);
    }

    [Fact]
    public void The_lower_limit_of_the_price_holds()
    {
        PulseRun.Policy policy = Parse(("MaxHourlyCost", 4m));
        Assert.Equal(4m, PolicyRules.MaxHourlyCost(policy, null));
        Assert.Equal(4m, PolicyRules.MaxHourlyCost(policy, 10));
        Assert.Equal(2m, PolicyRules.MaxHourlyCost(policy, 2));
        Assert.Equal(2m, PolicyRules.MaxHourlyCost(Parse(), 2));
        Assert.Null(PolicyRules.MaxHourlyCost(Parse(), null));
        AssertViolates("MaxHourlyCost", PolicyRules.Launch(policy, Planned(price: 4.01m)));
        Assert.Null(PolicyRules.Launch(policy, Planned(price: 4m)));
    }

    [Fact]
    public void A_start_is_checked_by_what_the_instance_is()
    {
        PulseRun.Policy policy = Parse(("MaxHourlyCost", 4m), ("AllowedGpu", "rtx_*"), ("AllowedProvider", "vast_ai"));
        static Instance Of(string? gpu = "rtx_4090", string? provider = "vast_ai", decimal? cost = 1) => new() { Id = "inst_1", Gpu = gpu, Provider = provider, CostPerHour = cost };
        Assert.Null(PolicyRules.Start(policy, Of()));
        AssertViolates("AllowedGpu", PolicyRules.Start(policy, Of(gpu: "h100")));
        AssertViolates("AllowedGpu", PolicyRules.Start(policy, Of(gpu: null)));
        AssertViolates("AllowedProvider", PolicyRules.Start(policy, Of(provider: "lambda")));
        AssertViolates("MaxHourlyCost", PolicyRules.Start(policy, Of(cost: 5)));
        AssertViolates("MaxHourlyCost", PolicyRules.Start(policy, Of(cost: null)));
        Assert.False(PolicyRules.LimitsStarts(Parse(("RequireLifetime", true))));
        Assert.True(PolicyRules.LimitsStarts(policy));
    }

    [Theory]
    [InlineData("00:19:59", true)]
    [InlineData("00:20:00", false)]
    public void An_idle_time_has_a_shortest_value(string idleFor, bool violates)
    {
        PulseRunException? violation = PolicyRules.IdleFor(Parse(("MinIdleFor", "00:20:00")), TimeSpan.Parse(idleFor, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(violates, violation is not null);
        Assert.Null(PolicyRules.IdleFor(Parse(), TimeSpan.FromSeconds(1)));
    }

    [Theory]
    [InlineData("keep=true", "KEEP", "true", true)]
    [InlineData("keep=true", "keep", "True", false)]
    [InlineData("keep=true", "keeper", "true", false)]
    [InlineData("keep", "Keep", "anything", true)]
    [InlineData("keep=a=b", "keep", "a=b", true)]
    [InlineData("keep=", "keep", "", true)]
    [InlineData("keep=", "keep", "x", false)]
    public void The_protected_tag_is_a_key_or_a_key_with_a_value(string tag, string key, string value, bool protects) =>
        Assert.Equal(protects, PolicyRules.Protects(Parse(("ProtectedTag", tag)), new Dictionary<string, string> { [key] = value }));

    [Theory]
    [InlineData("*", "", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("a*b*c", "axxbyyc", true)]
    [InlineData("a*b*c", "axxbyy", false)]
    [InlineData("r?x", "rtx", true)]
    [InlineData("r?x", "rx", false)]
    [InlineData("[rtx]", "r", false)]
    [InlineData("*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void Patterns_have_stars_and_question_marks_only(string pattern, string text, bool isMatch) => Assert.Equal(isMatch, Wildcards.IsMatch(pattern, text));
}
