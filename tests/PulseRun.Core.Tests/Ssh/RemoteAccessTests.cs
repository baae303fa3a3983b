using System;
using PulseRun.Ssh;
using Xunit;

namespace PulseRun.Tests.Ssh;

public class RemoteAccessTests
{
    private static Instance Make(string? status, string? text) => new() { Id = "inst_1", Status = status, SshCommand = text is null ? null : "ssh root@" + text, JupyterUrl = text is null ? null : "https://" + text + "/" };

    [Theory]
    [InlineData("running")]
    [InlineData("Running")]
    public void Running_WithAddresses_IsReached(string status)
    {
        Instance instance = Make(status, "h");
        Assert.True(RemoteAccess.HasSsh(instance));
        Assert.True(RemoteAccess.HasJupyter(instance));
        Assert.Equal("h", RemoteAccess.Ssh(instance).Host);
        Assert.Equal("https://h/", RemoteAccess.Jupyter(instance).Display);
    }

    [Theory]
    [InlineData("running", null, "(yet)")]
    [InlineData("provisioning", null, "is provisioning")]
    [InlineData("stopped", null, "is stopped")]
    [InlineData("stopping", "h", "is stopping")]
    [InlineData("some\u001b[2Jthing", "h", "is some [2Jthing")]
    [InlineData(null, "h", "unknown state")]
    [InlineData("", "h", "unknown state")]
    public void Else_IsAConflict_ThatNamesTheWait(string? status, string? text, string part)
    {
        Instance instance = Make(status, text);
        Assert.False(RemoteAccess.HasSsh(instance));
        Assert.False(RemoteAccess.HasJupyter(instance));
        foreach (var error in new[] { Assert.Throws<PulseRunException>(() => RemoteAccess.Ssh(instance)), Assert.Throws<PulseRunException>(() => RemoteAccess.Jupyter(instance)) })
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
        Assert.Equal(ErrorIds.InvalidSshCommand, Assert.Throws<PulseRunException>(() => RemoteAccess.Ssh(instance)).ErrorId);
        Assert.Equal(ErrorIds.InvalidJupyterUrl, Assert.Throws<PulseRunException>(() => RemoteAccess.Jupyter(instance)).ErrorId);
    }

    [Fact]
    public void Nothing_HasNothing() => Assert.False(RemoteAccess.HasSsh(null) || RemoteAccess.HasJupyter(null));
}
