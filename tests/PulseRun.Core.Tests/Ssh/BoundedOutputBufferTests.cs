#if !NET
using System;
#endif
using System.Linq;
using System.Text;
using PulseRun.Core.Ssh;
using Xunit;

namespace PulseRun.Core.Tests.Ssh;

public class BoundedOutputBufferTests
{
    private static BoundedOutputBuffer Keep(string text, int step = 7)
    {
        var keeper = new BoundedOutputBuffer();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < bytes.Length; i += step)
        {
            byte[] part = bytes.Skip(i).Take(step).ToArray();
            keeper.Add(part, part.Length);
        }
        return keeper;
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "")]
    [InlineData("a", "a")]
    [InlineData("a\n", "a")]
    [InlineData("a\r\n", "a")]
    [InlineData("a\n\n", "a\n")]
    [InlineData("\na\nb", "\na\nb")]
    [InlineData("grüße 例え 😀\n", "grüße 例え 😀")]
    public void ToText_IsTheTextWithoutItsLastLineEnd(string written, string text)
    {
        var keeper = Keep(written, 1);
        Assert.Equal(text, keeper.ToText());
        Assert.Equal(0, keeper.Omitted);
    }

    [Fact]
    public void ToText_InvalidUtf8_ShowsReplacementCharacters()
    {
        var keeper = new BoundedOutputBuffer();
        keeper.Add([(byte)'a', 0xFF, (byte)'b'], 3);
        Assert.Equal("a\uFFFDb", keeper.ToText());
    }

    [Fact]
    public void Add_ReadsOnlyTheGivenPartOfTheBuffer()
    {
        var keeper = new BoundedOutputBuffer();
        keeper.Add([(byte)'a', (byte)'b'], 1);
        Assert.Equal("a", keeper.ToText());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public void Add_BeyondTheLimit_IsCounted(int beyond)
    {
        var keeper = Keep(new string('x', BoundedOutputBuffer.Limit + beyond), 16 * 1024);
        Assert.Equal(beyond, keeper.Omitted);
        Assert.Equal(BoundedOutputBuffer.Limit, keeper.ToText().Length);
    }

    [Theory]
    [InlineData("ü", 1)]
    [InlineData("例", 1)]
    [InlineData("例", 2)]
    [InlineData("😀", 1)]
    [InlineData("😀", 3)]
    public void ToText_CutThroughACharacter_LeavesItOut(string character, int bytesThatFit)
    {
        string before = new('x', BoundedOutputBuffer.Limit - bytesThatFit);
        Assert.Equal(before, Keep(before + character + "y", 64 * 1024).ToText());
    }

    [Theory]
    [InlineData("ü")]
    [InlineData("😀")]
    public void ToText_CutAfterACharacter_KeepsIt(string character)
    {
        string before = new string('x', BoundedOutputBuffer.Limit - Encoding.UTF8.GetByteCount(character)) + character;
        Assert.Equal(before, Keep(before + "y", 64 * 1024).ToText());
    }
}
