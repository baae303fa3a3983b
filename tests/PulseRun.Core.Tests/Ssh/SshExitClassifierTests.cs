using System;
using PulseRun.Core.Ssh;
using Xunit;

namespace PulseRun.Core.Tests.Ssh;

public class SshExitClassifierTests
{
    private const string Begin = "debug1: Connecting to 127.0.0.1 [127.0.0.1] port 22.\nWarning: Permanently added 'pulserun-inst_1' (ED25519) to the list of known hosts.\n";
    private const string LoggedIn = Begin + "Authenticated to 127.0.0.1 ([127.0.0.1]:22) using \"publickey\".\n";
    private const string End = "Transferred: sent 3496, received 3336 bytes, in 0.4 seconds\nBytes per second: sent 8922.1, received 8513.8\n";

    private static PulseRunException? Failed(int exitCode, string log) => SshExitClassifier.Failed("inst_1", exitCode, log, "/data/ssh/known_hosts");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(255)]
    public void Failed_ExitCodeOfTheCommand_IsNotAFailure(int exitCode)
    {
        Assert.Null(Failed(exitCode, LoggedIn + End + "debug1: Exit status " + exitCode + "\n"));
        Assert.Null(Failed(exitCode, LoggedIn + End + "debug1: Exit status " + exitCode + "\r\n"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(3, true)]
    [InlineData(255, false)]
    public void Failed_ClientWithoutSuchALog_GoesByTheManual(int exitCode, bool isResult) => Assert.Equal(isResult, Failed(exitCode, "") is null);

    [Theory]
    [InlineData(255, Begin + "root@127.0.0.1: Permission denied (publickey).\n", "nothing was run. ssh says: root@127.0.0.1: Permission denied (publickey).")]
    [InlineData(255, "ssh: connect to host 127.0.0.1 port 1: Connection refused\r\n", "nothing was run. ssh says: ssh: connect to host 127.0.0.1 port 1: Connection refused")]
    [InlineData(255, "", "nothing was run. ssh gives no reason (exit code 255).")]
    [InlineData(255, LoggedIn + End + "debug1: Exit status -1\n", "or the connection was lost.")]
    [InlineData(255, LoggedIn + "Connection to 127.0.0.1 closed by remote host.\n" + End + "debug1: Exit status -1\n", "ssh says: Connection to 127.0.0.1 closed by remote host.")]
    [InlineData(137, LoggedIn, "or the connection was lost.")]
    public void Failed_NoExitCodeOfTheCommand_IsSshFailed(int exitCode, string log, string end)
    {
        var error = Failed(exitCode, log);
        Assert.NotNull(error);
        Assert.Equal(ErrorIds.SshFailed, error.ErrorId);
        Assert.Contains("inst_1", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(end, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(130, "", true)]
    [InlineData(255, LoggedIn + "debug1: x\nKilled by signal 2.\r\n", true)]
    [InlineData(255, LoggedIn + "Killed by signal 15.\n", false)]
    [InlineData(255, LoggedIn + "x Killed by signal 2.\n", false)]
    [InlineData(255, "", false)]
    public void IsInterrupted_IsCtrlC(int exitCode, string log, bool expected) => Assert.Equal(expected, SshExitClassifier.IsInterrupted(exitCode, log));

    [Fact]
    public void Failed_ChangedKey_NamesTheCommandToRemoveIt()
    {
        var error = Failed(255, "debug1: x\n@@@@@@@@@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@@@@@@@@@\nHost key verification failed.\n");
        Assert.NotNull(error);
        Assert.Equal(ErrorIds.HostKeyRejected, error.ErrorId);
        Assert.Contains("ssh-keygen -R pulserun-inst_1 -f \"/data/ssh/known_hosts\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_UnknownKey_NamesThePolicy()
    {
        var error = Failed(255, "No ED25519 host key is known for pulserun-inst_1 and you have requested strict checking.\nHost key verification failed.\n");
        Assert.NotNull(error);
        Assert.Equal(ErrorIds.HostKeyRejected, error.ErrorId);
        Assert.Contains("-HostKeyPolicy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Failed_LongAndWildLog_IsCleanedAndCut()
    {
        var error = Failed(255, "bad \u001b[2J\u202e" + new string('x', 100_000));
        Assert.NotNull(error);
        Assert.InRange(error.Message.Length, 500, 600);
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.DoesNotContain('\u202e', error.Message);
    }
}
