using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Core.Tests.Text;

public class CleanTextTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("", "")]
    [InlineData("  around  ", "around")]
    [InlineData("a\u001b[31mb", "a [31mb")]
    [InlineData("a\r\nb", "a  b")]
    [InlineData("a\tb\0c\u0007d\u007fe\u009bf", "a b c d e f")]
    [InlineData("a\u202eb\u200bc\ufeffd\u2066e", "a b c d e")]
    [InlineData("a\u2028b\u2029c", "a b c")]
    [InlineData("\u001b\u0007", "")]
    [InlineData("größer 例え", "größer 例え")]
    public void Clean_Unprintables_BecomeSpaces(string text, string expected) => Assert.Equal(expected, CleanText.Clean(text, 100));

    [Theory]
    [InlineData("12345", 5, "12345")]
    [InlineData("123456", 5, "1234…")]
    [InlineData("123456", 1, "…")]
    public void Clean_TooLong_IsCut(string text, int length, string expected) => Assert.Equal(expected, CleanText.Clean(text, length));
}
