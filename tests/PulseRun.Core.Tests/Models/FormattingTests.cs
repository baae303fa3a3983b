using Xunit;

namespace PulseRun.Core.Tests.Models;

public class FormattingTests
{
    [Theory]
    [InlineData(0, "a", "", "a")]
    [InlineData(0, "a\nb", "e", "a …")]
    [InlineData(0, "\r\na\r\nb", "", "a …")]
    [InlineData(0, "", "e", "e")]
    [InlineData(1, "a", "e", "e")]
    [InlineData(1, "a", "", "a")]
    [InlineData(0, "", "", "")]
    [InlineData(0, "\u001b[31mred\u001b[0m", "", "[31mred [0m")]
    public void FirstLine_IsTheMostRelevantLine(int exitCode, string output, string errors, string line) =>
        Assert.Equal(line, Formatting.FirstLine(exitCode, output, errors));

    [Theory]
    [InlineData("a\nb", "a\nb")]
    [InlineData("a\r\n\tb", "a\n    b")]
    [InlineData("\u001b[2Ja\nb\u202e", "\uFFFD[2Ja\nb\uFFFD")]
    public void Lines_KeepsLinesAndReplacesControlCharacters(string text, string shown) => Assert.Equal(shown, Formatting.Lines(text));
}
