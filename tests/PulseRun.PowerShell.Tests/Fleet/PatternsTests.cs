using System.Linq;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Fleet;

public class PatternsTests : CmdletTests
{
    public PatternsTests() => StartEmulator();

    [Theory]
    [InlineData("h100", false)]
    [InlineData("h*", true)]
    [InlineData("h?00", true)]
    [InlineData("[gh]100", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_pattern_has_a_wildcard(string? text, bool expected) => Assert.Equal(expected, Patterns.IsPattern(text));

    [Theory]
    [InlineData("Get-PRInstance -Gpu '[h'")]
    [InlineData("Get-PRInstance -Status 'running', '[h'")]
    [InlineData("Get-PRProtection '[h'")]
    [InlineData("Invoke-PRCleanup 00:30:00 -Exclude '[h' -WhatIf")]
    public void A_broken_pattern_is_refused_before_anything_is_sent(string script)
    {
        Emulator.ClearRequests();
        Outcome outcome = Run(script);
        Assert.StartsWith("InvalidRequest", (outcome.Ended ?? outcome.Errors.Single()).FullyQualifiedErrorId, System.StringComparison.Ordinal);
        Assert.Empty(Sent);
    }

    [Fact]
    public void A_broken_pattern_among_ids_is_its_own_error_and_the_rest_goes_on()
    {
        Outcome outcome = Run("$ids[0], '[h', $ids[1] | Get-PRInstance");
        Assert.Equal(Ids.Take(2), outcome.As<Instance>().Select(static one => one.Id));
        Assert.Equal("[h", outcome.Errors.Single().TargetObject.ToString());
    }
}
