using PulseRun.Core.Ssh;
using Xunit;

namespace PulseRun.Core.Tests.Ssh;

public class ProgramPathsTests
{
    [Theory]
    [InlineData("/usr/bin:/bin", "/usr/bin/ssh /bin/ssh")]
    [InlineData("/usr/bin/:/usr/bin", "/usr/bin/ssh")]
    [InlineData("/", "/ssh")]
    [InlineData(":.:bin:./x:~/bin:/bin", "/bin/ssh")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Candidates_Unix_AreWholePathsOnly(string? path, string files) =>
        Assert.Equal(files, string.Join(" ", ProgramPaths.Candidates("ssh", path, null)));

    [Theory]
    [InlineData("C:\\Git\\bin;D:\\x\\", "C:\\Git\\bin\\ssh.exe|D:\\x\\ssh.exe|C:\\Windows\\System32\\OpenSSH\\ssh.exe")]
    [InlineData("\"C:\\My Tools\"; ;.;bin;C:;C:x;\\x", "C:\\My Tools\\ssh.exe|C:\\Windows\\System32\\OpenSSH\\ssh.exe")]
    [InlineData("\\\\server\\share", "\\\\server\\share\\ssh.exe|C:\\Windows\\System32\\OpenSSH\\ssh.exe")]
    [InlineData("C:\\Windows\\System32\\OpenSSH\\", "C:\\Windows\\System32\\OpenSSH\\ssh.exe")]
    [InlineData(null, "C:\\Windows\\System32\\OpenSSH\\ssh.exe")]
    public void Candidates_Windows_EndWithSystem32(string? path, string files) =>
        Assert.Equal(files, string.Join("|", ProgramPaths.Candidates("ssh", path, "C:\\Windows\\System32")));
}
