using System;
using System.IO;
using System.Linq;
using System.Text;
using PulseRun.Core.Copy;
using Xunit;

namespace PulseRun.Core.Tests.Copy;

public class TarTests
{
    [Theory]
    [InlineData("plain", "target")]
    [InlineData("dir/with space/é😀\nline", "ünï")]
    [InlineData("nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", "llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll")]
    public void Entries_ReturnAsTheyWereWritten(string name, string link)
    {
        var stream = new MemoryStream();
        var writer = new TarWriter(stream);
        var modified = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        byte[] content = Encoding.UTF8.GetBytes("content");
        writer.Begin(new TarEntry { Name = name + "/", Kind = TarKind.Folder, Mode = 0x1ED, Modified = modified });
        writer.Begin(new TarEntry { Name = name + "/file", Kind = TarKind.File, Size = content.Length, Mode = 0x1A4, Modified = modified });
        writer.Write(content, content.Length);
        writer.Begin(new TarEntry { Name = name + "/link", Kind = TarKind.Link, Mode = 0x1FF, Modified = modified, Link = link });
        writer.Finish();
        Assert.Equal(0, stream.Length % 10_240);
        stream.Position = 0;

        var reader = new TarReader(stream);
        Assert.Equal(new TarEntry { Name = name + "/", Kind = TarKind.Folder, Mode = 0x1ED, Modified = modified }, reader.Next());
        Assert.Equal(new TarEntry { Name = name + "/file", Kind = TarKind.File, Size = content.Length, Mode = 0x1A4, Modified = modified }, reader.Next());
        byte[] buffer = new byte[100];
        Assert.Equal("content", Encoding.UTF8.GetString(buffer, 0, reader.Read(buffer)));
        Assert.Equal(0, reader.Read(buffer));
        Assert.Equal(new TarEntry { Name = name + "/link", Kind = TarKind.Link, Mode = 0x1FF, Modified = modified, Link = link }, reader.Next());
        Assert.Null(reader.Next());
        Assert.Null(reader.Next());
    }

    [Theory]
    [InlineData((1L << 33) - 1)]
    [InlineData(1L << 33)]
    [InlineData(10_000_000_000_000)]
    public void LargeSizes_ReturnAsTheyWereWritten(long size)
    {
        var stream = new MemoryStream();
        new TarWriter(stream).Begin(new TarEntry { Name = "large", Kind = TarKind.File, Size = size, Modified = DateTimeOffset.UtcNow });
        stream.Position = 0;
        Assert.Equal(size, new TarReader(stream).Next()!.Size);
    }

    [Fact]
    public void Writer_RefusesContentOfAnotherLength()
    {
        var writer = new TarWriter(new MemoryStream());
        writer.Begin(new TarEntry { Name = "a", Kind = TarKind.File, Size = 1, Modified = DateTimeOffset.UtcNow });
        Assert.Throws<InvalidOperationException>(() => writer.Write(new byte[2], 2));
        Assert.Throws<InvalidOperationException>(writer.Finish);
    }

    [Theory]
    [InlineData("a", "b", true)]
    [InlineData("a/b", "../c", true)]
    [InlineData("a/b", "../../c", false)]
    [InlineData("a", "..", false)]
    [InlineData("a", "/etc", false)]
    [InlineData("a", "", false)]
    [InlineData("a/b", "c/../d", false)]
    [InlineData("a", "./b/./c", true)]
    [InlineData("a", "C:\\x", false)]
    public void Links_StayInsideOrNot(string name, string target, bool expected) => Assert.Equal(expected, EntryPath.StaysInside(name.Split('/'), target));

    [Theory]
    [InlineData("./a/b", "a|b")]
    [InlineData("a/", "a")]
    [InlineData("./", "")]
    [InlineData(".", "")]
    [InlineData("a\\b", "a\\b")]
    public void Names_AreSplit(string name, string expected) => Assert.Equal(expected, string.Join("|", EntryPath.Parse(name, isWindows: false)));

    [Theory]
    [InlineData("a\\b")]
    [InlineData("c:")]
    [InlineData("con")]
    [InlineData("LPT1.txt")]
    [InlineData("a.")]
    [InlineData("a ")]
    [InlineData("a\u0001")]
    public void Names_OfWindowsAreChecked(string name) =>
        Assert.Equal(ErrorIds.UnsafeArchive, Assert.Throws<PulseRunException>(() => EntryPath.Parse("dir/" + name, isWindows: true)).ErrorId);

    [Fact]
    public void RandomBytes_EndInAnErrorOfThisModule()
    {
        var random = new Random(1);
        var stream = new MemoryStream();
        var writer = new TarWriter(stream);
        writer.Begin(new TarEntry { Name = new string('n', 200), Kind = TarKind.File, Size = 600, Modified = DateTimeOffset.UtcNow });
        writer.Write(new byte[600], 600);
        writer.Finish();
        for (int i = 0; i < 3000; i++)
        {
            byte[] bytes = stream.ToArray();
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                bytes[random.Next(2048)] = (byte)random.Next(256);
            var reader = new TarReader(new MemoryStream(bytes));
            try
            {
                while (reader.Next() is { } entry)
                    Assert.True(entry.Size >= 0);
            }
            catch (PulseRunException error)
            {
                Assert.True(error.ErrorId is ErrorIds.UnsafeArchive or ErrorIds.CopyFailed);
            }
        }
    }
}
