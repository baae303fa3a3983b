using System.Collections.Generic;
using PulseRun.Store.Files;
using Xunit;

namespace PulseRun.Store.Tests;

/// <summary>Tests the decision about the permissions of a file on Windows. Reading the permissions requires Windows.</summary>
public class WindowsAccessTests
{
    private const string User = "S-1-5-21-1-2-3-1001", Other = "S-1-5-21-1-2-3-1002", System = "S-1-5-18", Administrators = "S-1-5-32-544", Everyone = "S-1-1-0", Users = "S-1-5-32-545";
    private const int Full = 0x1F01FF, Read = 0x120089, Attributes = 0x100080;

    [Theory]
    [InlineData(User, Full, false)]
    [InlineData(System, Full, false)]
    [InlineData(Administrators, Full, false)]
    [InlineData(Everyone, Read, true)]
    [InlineData(Users, Full, true)]
    [InlineData(Other, 0x2, true)]
    [InlineData(Other, 0x40000, true)]
    [InlineData(Everyone, int.MinValue, true)]
    [InlineData(Everyone, Attributes, false)]
    public void AGrantToAnybodyElse_IsSeen(string sid, int mask, bool others) =>
        Assert.Equal(others, WindowsAccess.OthersMay(User, User, [new(User, Full), new(sid, mask)]));

    [Theory]
    [InlineData(User, false)]
    [InlineData(Administrators, false)]
    [InlineData(Other, true)]
    [InlineData("", true)]
    public void AnotherOwner_IsSeen(string owner, bool others) =>
        Assert.Equal(others, WindowsAccess.OthersMay(User, owner, new List<KeyValuePair<string, int>> { new(User, Full) }));
}
