using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Ssh;
using Xunit;

namespace PulseRun.Core.Tests.Ssh;

public class SshArgumentsTests
{
    private static readonly SshTarget s_target = new("root", "203.0.113.7", 22022);

    private static SshSettings Settings(HostKeyPolicy policy = HostKeyPolicy.AcceptNew, string? identity = null) => new("/data/ssh/known_hosts", policy, identity);

    [Fact]
    public void Interactive_IsTheWholeList() => Assert.Equal(
        [
            "-F", "none", "-a", "-x",
            "-o", "StrictHostKeyChecking=accept-new",
            "-o", "UserKnownHostsFile=\"/data/ssh/known_hosts\"",
            "-o", "GlobalKnownHostsFile=/dev/null",
            "-o", "HostKeyAlias=pulserun-inst_1",
            "-o", "CheckHostIP=no",
            "-o", "UpdateHostKeys=no",
            "-o", "ConnectTimeout=30",
            "-o", "ServerAliveInterval=15",
            "-o", "ServerAliveCountMax=4",
            "-p", "22022", "-l", "root", "--", "203.0.113.7",
        ],
        SshArguments.Interactive("inst_1", s_target, Settings()));

    [Fact]
    public void AConfiguration_IsTheOneNamed_AndSharesNoConnection()
    {
        var arguments = SshArguments.Interactive("inst_1", s_target, Settings() with { ConfigFile = "/home/me/.ssh/config" });
        Assert.Equal(["-F", "/home/me/.ssh/config"], arguments.Take(2));
        Assert.Contains("ControlPath=none", arguments);
        Assert.Contains("HostKeyAlias=pulserun-inst_1", arguments);
    }

    [Fact]
    public void Command_AsksNothing_LogsAside_AndEndsWithTheCommandInOnePiece()
    {
        const string text = "echo \"a b\" $(id); -x\n";
        var arguments = SshArguments.Command("inst_1", s_target, Settings(), "/data/ssh/log-1", text);
        Assert.Equal(["-T", "-o", "BatchMode=yes", "-E", "/data/ssh/log-1", "-o", "LogLevel=DEBUG1", "-p", "22022", "-l", "root", "--", "203.0.113.7", text], arguments.Skip(22));
        Assert.Equal(SshArguments.Interactive("inst_1", s_target, Settings()).Take(22), arguments.Take(22));
    }

    [Theory]
    [InlineData(HostKeyPolicy.AcceptNew, "accept-new")]
    [InlineData(HostKeyPolicy.Ask, "ask")]
    [InlineData(HostKeyPolicy.Strict, "yes")]
    public void Policy_MapsToTheSshOption(HostKeyPolicy policy, string value) =>
        Assert.Contains("StrictHostKeyChecking=" + value, SshArguments.Interactive("inst_1", s_target, Settings(policy)));

    [Fact]
    public void Policy_IsNeverOff()
    {
        for (var policy = (HostKeyPolicy)(-1); policy < (HostKeyPolicy)10; policy++)
            Assert.Contains(SshArguments.Interactive("inst_1", s_target, Settings(policy)), argument => argument is "StrictHostKeyChecking=yes" or "StrictHostKeyChecking=ask" or "StrictHostKeyChecking=accept-new");
    }

    [Fact]
    public void IdentityFile_IsTheOnlyKey()
    {
        var arguments = SshArguments.Interactive("inst_1", s_target, Settings(identity: "/home/a b/100% key"));
        Assert.Contains("IdentityFile=\"/home/a b/100%% key\"", arguments);
        Assert.Contains("IdentitiesOnly=yes", arguments);
    }

    /// <summary>Any id or target appears only as the value of an option or, after the end of the options, as the host.</summary>
    [Theory]
    [InlineData("@revoked")]
    [InlineData("-oProxyCommand=id")]
    [InlineData("a:b~c@d.e-f")]
    public void HostKeyAlias_OfAnyId_IsOneHarmlessName(string id)
    {
        IReadOnlyList<string> arguments = SshArguments.Interactive(id, s_target, Settings());
        int place = Enumerable.Range(0, arguments.Count).Single(i => arguments[i].Contains(id));
        Assert.Equal("HostKeyAlias=pulserun-" + id, arguments[place]);
        Assert.Equal("-o", arguments[place - 1]);
        Assert.Equal("--", arguments[arguments.Count - 2]);
    }

    [Theory]
    [InlineData("/data/known_hosts", false, "\"/data/known_hosts\"")]
    [InlineData("/da ta/100%/~/k'h", false, "\"/da ta/100%%/~/k'h\"")]
    [InlineData("/home/käthe/k", false, "\"/home/käthe/k\"")]
    [InlineData("C:\\Users\\A B\\k", true, "\"C:/Users/A B/k\"")]
    [InlineData("\\\\server\\share\\k", true, "\"//server/share/k\"")]
    [InlineData("/a/$x/{y}", false, "\"/a/$x/{y}\"")]
    public void OptionPath_IsQuotedAsSshReadsIt(string path, bool isWindows, string value) => Assert.Equal(value, SshArguments.OptionPath(path, isWindows));

    [Theory]
    [InlineData("/a\"b")]
    [InlineData("/a\\b")]
    [InlineData("/a\nb")]
    [InlineData("/a\0b")]
    [InlineData("/a/${HOME}/b")]
    public void OptionPath_ThatSshWouldReadOtherwise_IsRefused(string path) =>
        Assert.Equal(ErrorIds.InvalidRequest, Assert.Throws<PulseRunException>(() => SshArguments.OptionPath(path, isWindows: false)).ErrorId);
}
