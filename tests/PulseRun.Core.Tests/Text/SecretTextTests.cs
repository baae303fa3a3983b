using System.Security;
using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Core.Tests.Text;

public class SecretTextTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(65_536, 65_536)]
    [InlineData(65_537, 0)]
    [InlineData(200_000, 0)]
    public void Of_TooLongAText_IsEmpty(int length, int expected)
    {
        using SecureString secret = SecretText.Of(new string('x', length));
        Assert.Equal(expected, secret.Length);
        Assert.Equal(expected > 0, KeyForm.IsSendable(secret));
    }
}
