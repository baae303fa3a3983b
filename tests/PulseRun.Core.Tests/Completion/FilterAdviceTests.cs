using System.Linq;
using PulseRun.Core.Completion;
using Xunit;

namespace PulseRun.Core.Tests.Completion;

public class FilterAdviceTests
{
    private static string[] Advice(CompletionField field, string typed, params string[] present) =>
        FilterAdvice.For(field, [typed], present, KnownNames.Of(field)).ToArray();

    [Theory]
    [InlineData("runing", "Status 'runing' is not a known state and matches no instance. The nearest is running.")]
    [InlineData("stoped", "Status 'stoped' is not a known state and matches no instance. The nearest is stopped.")]
    [InlineData("Provisoning", "Status 'Provisoning' is not a known state and matches no instance. The nearest is provisioning.")]
    public void Status_ThatIsMistyped_NamesTheNearest(string typed, string warning) => Assert.Equal([warning], Advice(CompletionField.Status, typed));

    [Fact]
    public void Status_Unlike_NamesAll() => Assert.Contains("Known states: error, failed, ", Assert.Single(Advice(CompletionField.Status, "xyz")));

    [Theory]
    [InlineData((int)CompletionField.Status, "running")]
    [InlineData((int)CompletionField.Status, "STOPPED")]
    [InlineData((int)CompletionField.Status, "hibernating")]
    [InlineData((int)CompletionField.Gpu, "h100_80gb")]
    [InlineData((int)CompletionField.Gpu, "b200_192gb")]
    [InlineData((int)CompletionField.Provider, "lambda")]
    public void Value_KnownOrUnlikeAnyOther_IsNotATypo(int field, string typed) => Assert.Empty(Advice((CompletionField)field, typed, "hibernating", "rtx_3090"));

    [Fact]
    public void Region_ThatIsAPrefix_IsOfferedAsAPattern() => Assert.Equal(
        ["Region 'eu' matches no instance. Region of the instances here: eu-central, eu-west. Did you mean eu*?"],
        Advice(CompletionField.Region, "eu", "eu-west", "eu-central"));

    [Theory]
    [InlineData("h10080gb", "h100_80gb")]
    [InlineData("H100-80GB", "h100_80gb")]
    [InlineData("h100_08gb", "h100_80gb")]
    [InlineData("a100_80g", "a100_80gb")]
    [InlineData("rtx4090", "rtx_4090")]
    public void Gpu_ThatIsMistyped_NamesTheNearest(string typed, string nearest) => Assert.EndsWith("Did you mean " + nearest + "?", Assert.Single(Advice(CompletionField.Gpu, typed)));

    [Fact]
    public void Text_OfAServer_IsMadePrintable_AndTruncated()
    {
        string warning = Assert.Single(Advice(CompletionField.Region, "x", "x\u001b[31m" + new string('y', 500)));
        Assert.DoesNotContain('\u001b', warning);
        Assert.True(warning.Length < 300);
    }
}
