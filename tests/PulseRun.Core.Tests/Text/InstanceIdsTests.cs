using System;
using System.Linq;
using PulseRun.Core.Text;
using Xunit;

namespace PulseRun.Core.Tests.Text;

public class InstanceIdsTests
{
    [Theory]
    [InlineData("inst_abc123")]
    [InlineData("A")]
    [InlineData("0")]
    [InlineData("a.b-c~d:e@f_g")]
    [InlineData("...a")]
    [InlineData("550e8400-e29b-41d4-a716-446655440000")]
    public void IsValid_PlainId_IsAccepted(string id) => Assert.True(InstanceIds.IsValid(id));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a/b")]
    [InlineData("../balance")]
    [InlineData("a/../b")]
    [InlineData("a\\b")]
    [InlineData("%2e%2e")]
    [InlineData("a%2fb")]
    [InlineData("a?x=1")]
    [InlineData("a#x")]
    [InlineData("a;b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\r\nX: y")]
    [InlineData("a\t")]
    [InlineData("a\0")]
    [InlineData("a*")]
    [InlineData("[a]")]
    [InlineData("{a}")]
    [InlineData("a&b")]
    [InlineData("a=b")]
    [InlineData("a+b")]
    [InlineData("a,b")]
    [InlineData("a!b")]
    [InlineData("a$b")]
    [InlineData("a'b")]
    [InlineData("a\"b")]
    [InlineData("<a>")]
    [InlineData("a|b")]
    [InlineData("a^b")]
    [InlineData("a`b")]
    [InlineData("å")]
    [InlineData("а")]
    [InlineData("１")]
    [InlineData("a\u200b")]
    [InlineData("\u202ea")]
    [InlineData("\ufeffa")]
    [InlineData("\ud83d\ude00")]
    public void IsValid_AnythingElse_IsNot(string? id) => Assert.False(InstanceIds.IsValid(id));

    [Fact]
    public void IsValid_EveryOtherCharacter_IsNot()
    {
        const string Allowed = "_-.~:@";
        var taken = Enumerable.Range(0, char.MaxValue + 1).Select(code => (char)code).Where(c => InstanceIds.IsValid("a" + c));
        Assert.Equal(26 + 26 + 10 + Allowed.Length, taken.Count());
    }

    [Fact]
    public void IsValid_Length_IsLimited()
    {
        Assert.True(InstanceIds.IsValid(new string('a', InstanceIds.MaxLength)));
        Assert.False(InstanceIds.IsValid(new string('a', InstanceIds.MaxLength + 1)));
    }

    [Fact]
    public void Refuse_NamesTheFieldAndCleansTheId()
    {
        var error = InstanceIds.Refuse("a\u001b[31m/b");
        Assert.Equal((ErrorIds.InvalidRequest, "Id"), (error.ErrorId, error.Field));
        Assert.Contains("'a [31m/b'", error.Message, StringComparison.Ordinal);
        Assert.Equal("The instance id is empty.", InstanceIds.Refuse("").Message);
        Assert.Equal("The instance id is empty.", InstanceIds.Refuse(null).Message);
        Assert.InRange(InstanceIds.Refuse(new string('x', 5000)).Message.Length, 1, 300);
    }
}
