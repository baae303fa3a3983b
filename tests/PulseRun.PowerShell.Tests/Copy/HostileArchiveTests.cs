using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using PulseRun.Core.Copy;
using PulseRun.PowerShell.Copy;
using PulseRun.PowerShell.Tests.Support;
using Xunit;

namespace PulseRun.PowerShell.Tests.Copy;

/// <summary>Unpacks archives that a hostile machine could send. Whatever happens, nothing outside the temporary folder is created or changed.</summary>
public sealed class HostileArchiveTests : IDisposable
{
    private static readonly byte[] s_negative = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00];
    private static readonly byte[] s_huge = [0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
    private static readonly byte[] s_exabytes = [0x80, 0, 0, 0, 0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];

    private readonly string _folder = Directory.CreateTempSubdirectory("pulserun-hostile-").FullName;

    /// <summary>The archives, and the error that each must give; null for those that are unpacked without the harmful part.</summary>
    private static Dictionary<string, (string? Error, Func<string, byte[]> Make)> All { get; } = new()
    {
        ["absolute"] = (ErrorIds.UnsafeArchive, outside => Begin().Add(outside + "/evil", content: "x").End().ToArray()),
        ["absolute in pax"] = (ErrorIds.UnsafeArchive, outside => Begin().Pax('x', ("path", outside + "/evil")).Add("good", content: "x").End().ToArray()),
        ["absolute in a GNU name"] = (ErrorIds.UnsafeArchive, outside => Begin().Add("././@LongLink", 'L', outside + "/evil\0", magic: "ustar  \0").Add("good", content: "x").End().ToArray()),
        ["absolute by prefix"] = (ErrorIds.UnsafeArchive, outside => Begin().Add("evil", content: "x", prefix: outside).End().ToArray()),
        ["parent"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("../evil", content: "x").End().ToArray()),
        ["parent after dot"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("./../evil", content: "x").End().ToArray()),
        ["parent in the middle"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a/../../evil", content: "x").End().ToArray()),
        ["parent that stays inside"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a/../evil", content: "x").End().ToArray()),
        ["parent at the end"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a/..", '5').End().ToArray()),
        ["parent in pax"] = (ErrorIds.UnsafeArchive, static _ => Begin().Pax('x', ("path", "../evil")).Add("good", content: "x").End().ToArray()),
        ["parent folder"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("..", '5').End().ToArray()),
        ["empty part"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a//evil", content: "x").End().ToArray()),
        ["no name"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("", content: "x").End().ToArray()),
        ["link out, then a file through it"] = (ErrorIds.CopyFailed, outside => Begin().Add("a", '2', link: outside).Add("a/evil", content: "x").Add("a", content: "y").End().ToArray()),
        ["relative link out, then a file through it"] = (null, static _ => Begin().Add("a", '2', link: "../../outside").Add("a/evil", content: "x").End().ToArray()),
        ["link inside, then a file through it"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("d", '5').Add("a", '2', link: "d").Add("a/evil", content: "x").End().ToArray()),
        ["link to itself, then a file through it"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a", '2', link: "a").Add("a/evil", content: "x").End().ToArray()),
        ["links that climb"] = (null, static _ => Begin().Add("a", '2', link: ".").Add("b", '2', link: "a/a/a/../../../../outside/evil").End().ToArray()),
        ["link over a file"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a", content: "x").Add("a", '2', link: "b").End().ToArray()),
        ["file over a link"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a", '2', link: "b").Add("a", content: "x").End().ToArray()),
        ["link twice"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a", '2', link: "b").Add("a", '2', link: "c").End().ToArray()),
        ["absolute link"] = (null, outside => Begin().Add("a", '2', link: outside + "/secret").End().ToArray()),
        ["hard link out"] = (ErrorIds.UnsafeArchive, outside => Begin().Add("a", '1', link: outside + "/secret").End().ToArray()),
        ["hard link by parent"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a", '1', link: "../outside/secret").End().ToArray()),
        ["hard link to nothing"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a", '1', link: "b").End().ToArray()),
        ["hard link to a link out"] = (null, outside => Begin().Add("l", '2', link: outside + "/secret").Add("d", '5').End().ToArray()),
        ["hard link to a skipped link, then a file through it"] = (ErrorIds.UnsafeArchive, outside => Begin().Add("l", '2', link: outside + "/secret").Add("h", '1', link: "l").Add("h", content: "x").End().ToArray()),
        ["devices"] = (null, static _ => Begin().Add("c", '3').Add("b", '4').End().ToArray()),
        ["pipe"] = (null, static _ => Begin().Add("p", '6').End().ToArray()),
        ["unknown type"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", 'V').End().ToArray()),
        ["several volumes"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", 'M', "x").End().ToArray()),
        ["sparse"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", 'S', "x").End().ToArray()),
        ["sparse in pax"] = (ErrorIds.UnsafeArchive, static _ => Begin().Pax('x', ("GNU.sparse.major", "1"), ("GNU.sparse.name", "../evil")).Add("good", content: "x").End().ToArray()),
        ["negative size"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", rawSize: s_negative).End().ToArray()),
        ["size that overflows"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", rawSize: s_huge).End().ToArray()),
        ["size of exabytes"] = (ErrorIds.CopyFailed, static _ => Begin().Add("x", rawSize: s_exabytes).End().ToArray()),
        ["size in pax"] = (ErrorIds.UnsafeArchive, static _ => Begin().Pax('x', ("size", "-1")).Add("x", content: "x").End().ToArray()),
        ["huge header"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", 'x', size: 1L << 32).End().ToArray()),
        ["huge name"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", 'L', size: 1L << 24).End().ToArray()),
        ["damaged pax"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", 'x', "99 path=../evil\n").Add("good").End().ToArray()),
        ["two names in pax"] = (ErrorIds.UnsafeArchive, static _ => Begin().Pax('x', ("path", "good"), ("path", "../evil")).Add("good").End().ToArray()),
        ["name for all entries"] = (ErrorIds.UnsafeArchive, static _ => Begin().Pax('g', ("path", "same")).Add("a", content: "x").Add("b", content: "y").End().ToArray()),
        ["null in a name"] = (ErrorIds.UnsafeArchive, static _ => Begin().Pax('x', ("path", "good\0/../../evil")).Add("good").End().ToArray()),
        ["null in a GNU name"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("x", 'L', "good\0/../../evil\0").Add("good").End().ToArray()),
        ["folder with content"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("d", '5', "x").End().ToArray()),
        ["file twice"] = (ErrorIds.CopyFailed, static _ => Begin().Add("a", content: "x").Add("a", content: "y").End().ToArray()),
        ["file below a file"] = (ErrorIds.CopyFailed, static _ => Begin().Add("a", content: "x").Add("a/b", content: "y").End().ToArray()),
        ["folder over a file"] = (ErrorIds.CopyFailed, static _ => Begin().Add("a", content: "x").Add("a", '5').End().ToArray()),
        ["wrong checksum"] = (ErrorIds.UnsafeArchive, static _ => Begin().Add("a", content: "x", breakSum: true).End().ToArray()),
        ["truncated in a file"] = (ErrorIds.CopyFailed, static _ => Begin().Add("a", size: 5000).Raw(new byte[2000]).ToArray()),
        ["truncated between files"] = (ErrorIds.CopyFailed, static _ => Begin().Add("a", content: "x").ToArray()),
        ["truncated in a header"] = (ErrorIds.CopyFailed, static _ => Begin().Raw(new byte[100]).ToArray()),
        ["one empty block"] = (ErrorIds.UnsafeArchive, static _ => Begin().Raw(new byte[512]).Add("a").End().ToArray()),
        ["name without an entry"] = (ErrorIds.UnsafeArchive, static _ => Begin().Pax('x', ("path", "a")).End().ToArray()),
        ["no archive"] = (ErrorIds.UnsafeArchive, static _ => Encoding.ASCII.GetBytes(new string('x', 2048))),
        ["nothing"] = (ErrorIds.CopyFailed, static _ => []),
        ["empty archive"] = (ErrorIds.UnsafeArchive, static _ => new TarBuilder().End().ToArray()),
        ["file, then more"] = (ErrorIds.UnsafeArchive, static _ => new TarBuilder().Add("./one", content: "x").Add("./two", content: "y").End().ToArray()),
        ["the folder is a link"] = (ErrorIds.UnsafeArchive, outside => new TarBuilder().Add("./", '2', link: outside).Add("evil", content: "x").End().ToArray()),
    };

    public static TheoryData<string> Names => [.. All.Keys];

    [Fact]
    public void There_are_more_than_forty() => Assert.InRange(All.Count, 40, int.MaxValue);

    [Theory]
    [MemberData(nameof(Names))]
    public void Nothing_is_written_outside(string name)
    {
        string outside = Path.Combine(_folder, "outside"), target = Path.Combine(_folder, "target"), stage = Path.Combine(target, ".stage");
        Directory.CreateDirectory(outside);
        Directory.CreateDirectory(stage);
        File.WriteAllText(Path.Combine(outside, "secret"), "secret");
        (string? expected, Func<string, byte[]> make) = All[name];
        var unpacker = new Unpacker(stage, new CopyOptions(CopyMode.New, true, new CopyFilter(null)), null, static _ => { }, CancellationToken.None);

        PulseRunException? error = Record(() => unpacker.Run(new TarReader(new MemoryStream(make(outside)))));

        Assert.Equal(expected, error?.ErrorId);
        Assert.Equal(["outside", "target"], Entries(_folder));
        Assert.Equal([".stage"], Entries(target));
        Assert.Equal(["secret"], Entries(outside));
        Assert.Equal("secret", File.ReadAllText(Path.Combine(outside, "secret")));
        Assert.DoesNotContain(Walk(stage), path => new FileInfo(path).LinkTarget is { } link && !EntryPath.StaysInside(Path.GetRelativePath(unpacker.Content, path).Split('/'), link));
        Assert.DoesNotContain(Walk(stage), static path => File.Exists(path) && File.ReadAllText(path) == "secret");
    }

    [Fact]
    public void A_name_that_differs_only_by_case_is_not_written_through()
    {
        // On a file system that ignores case, the second entry is the first one; on others, both exist.
        string stage = Directory.CreateDirectory(Path.Combine(_folder, "stage")).FullName;
        var unpacker = new Unpacker(stage, new CopyOptions(CopyMode.New, true, new CopyFilter(null)), null, static _ => { }, CancellationToken.None);
        unpacker.Run(new TarReader(new MemoryStream(Begin().Add("A", '2', link: "/etc").Add("a/passwd", content: "x").End().ToArray())));
        Assert.Equal("x", File.ReadAllText(Path.Combine(unpacker.Content, "a", "passwd")));
        Assert.Contains("'A'", unpacker.Skipped);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static TarBuilder Begin() => new TarBuilder().Add("./", '5');

    private static string[] Entries(string folder) => [.. Directory.GetFileSystemEntries(folder).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>Returns everything in a folder, without following links.</summary>
    private static IEnumerable<string> Walk(string folder) => new DirectoryInfo(folder).EnumerateFileSystemInfos()
        .SelectMany(static one => one is DirectoryInfo { LinkTarget: null } ? Walk(one.FullName).Prepend(one.FullName) : [one.FullName]);

    private static PulseRunException? Record(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (PulseRunException error)
        {
            return error;
        }
    }
}
