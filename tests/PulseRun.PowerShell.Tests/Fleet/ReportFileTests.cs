using System;
using System.IO;
using PulseRun.PowerShell.Fleet;
using Xunit;

namespace PulseRun.PowerShell.Tests.Fleet;

public sealed class ReportFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pulserun-report-").FullName;
    private readonly string _path;

    public ReportFileTests() => _path = Path.Combine(_folder, "page.html");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ReportFile File(bool force = false, bool noClobber = false) => new(_path, force, noClobber);

    private void AssertOnly(string content)
    {
        Assert.Equal([_path], Directory.GetFiles(_folder));
        Assert.Equal(content, System.IO.File.ReadAllText(_path));
    }

    [Fact]
    public void A_page_replaces_the_one_before()
    {
        File().Write(static writer => writer.Write("one"));
        File().Write(static writer => writer.Write("two"));
        AssertOnly("two");
        // The file has no byte order mark.
        Assert.Equal((byte)'t', System.IO.File.ReadAllBytes(_path)[0]);
    }

    [Fact]
    public void A_page_that_fails_midway_leaves_the_one_before_and_no_draft()
    {
        File().Write(static writer => writer.Write("whole"));
        var error = Assert.Throws<PulseRunException>(() => File().Write(static writer =>
        {
            writer.Write("half");
            writer.Flush();
            throw new IOException("The disk is full.");
        }));
        Assert.Equal((ErrorIds.InvalidRequest, "Path"), (error.ErrorId, error.Field));
        AssertOnly("whole");
    }

    [Fact]
    public void NoClobber_refuses_before_anything_is_read_and_at_the_end()
    {
        ReportFile file = File(noClobber: true);
        file.Check();
        System.IO.File.WriteAllText(_path, "theirs");
        Assert.Equal("NoClobber", Assert.Throws<PulseRunException>(file.Check).Field);
        // Another program creates the file in the meantime.
        Assert.Throws<PulseRunException>(() => file.Write(static writer => writer.Write("ours")));
        AssertOnly("theirs");
    }

    [Fact]
    public void A_read_only_file_is_replaced_with_force_only()
    {
        System.IO.File.WriteAllText(_path, "old");
        System.IO.File.SetAttributes(_path, FileAttributes.ReadOnly);
        Assert.Equal("Force", Assert.Throws<PulseRunException>(() => File().Write(static writer => writer.Write("new"))).Field);
        AssertOnly("old");
        File(force: true).Write(static writer => writer.Write("new"));
        AssertOnly("new");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_of_the_path()
    {
        var error = Assert.Throws<PulseRunException>(() => new ReportFile(Path.Combine(_folder, "none", "x.html"), false, false).Write(static _ => { }));
        Assert.Equal((ErrorIds.InvalidRequest, "Path"), (error.ErrorId, error.Field));
    }
}
