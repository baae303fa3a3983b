using System;
using System.IO;
using PulseRun.Store.Cleanup;
using Xunit;

namespace PulseRun.Store.Tests.Cleanup;

public class RunwayMarkTests
{
    private static readonly DateTimeOffset s_at = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Delivered_IsKeptUntilItIsReset()
    {
        using var folder = new TempFolder();
        using (RunwayMark mark = RunwayMark.TryTake(folder.Root, "ABC")!)
        {
            Assert.Null(mark.Delivered);
            mark.Delivered = s_at;
        }
        using (RunwayMark mark = RunwayMark.TryTake(folder.Root, "ABC")!)
        {
            Assert.Equal(s_at, mark.Delivered);
            mark.Delivered = null;
            Assert.Null(mark.Delivered);
        }
        using (RunwayMark other = RunwayMark.TryTake(folder.Root, "ABD")!)
            Assert.Null(other.Delivered);
    }

    [Fact]
    public void TryTake_Twice_ReturnsOne()
    {
        using var folder = new TempFolder();
        using RunwayMark? first = RunwayMark.TryTake(folder.Root, "A");
        Assert.NotNull(first);
        Assert.Null(RunwayMark.TryTake(folder.Root, "A"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("\0\0\0")]
    public void Delivered_DamagedFile_IsNone(string text)
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Root, "runway-a"), text + new string('x', 200));
        using RunwayMark mark = RunwayMark.TryTake(folder.Root, "A")!;
        Assert.Null(mark.Delivered);
        mark.Delivered = s_at;
        Assert.Equal(s_at, mark.Delivered);
    }

    [Fact]
    public void TryTake_FileInPlaceOfTheFolder_IsUnavailable()
    {
        using var folder = new TempFolder();
        string path = Path.Combine(folder.Root, "file");
        File.WriteAllText(path, "");
        Assert.Throws<StoreUnavailableException>(() => RunwayMark.TryTake(path, "A"));
    }
}
