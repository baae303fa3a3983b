using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Core.Tests.Text;

public class ProfileNamesTests
{
    [Theory]
    [InlineData("work")]
    [InlineData("Größe 2")]
    [InlineData("a.b@c")]
    public void IsValid_ForWhatATerminalShows(string name) => Assert.True(ProfileNames.IsValid(name));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("a ")]
    [InlineData("a\nb")]
    [InlineData("a\u001b[2J")]
    [InlineData("a\u202eb")]
    [InlineData("a\0")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void IsNotValid_ForAnythingElse(string? name)
    {
        Assert.False(ProfileNames.IsValid(name));
        PulseRunException error = Assert.Throws<PulseRunException>(() => ProfileNames.Check(name, "Profile"));
        Assert.Equal((ErrorIds.InvalidRequest, "Profile"), (error.ErrorId, error.Field));
        Assert.DoesNotContain("\u001b", error.Message, System.StringComparison.Ordinal);
    }
}
