using System;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun.Core.Ssh;

/// <summary>
/// Tells a command's own exit code from a failure of ssh. Its 255 is both: that is what ssh answers when it fails, and what
/// <c>sys.exit(-1)</c> answers. ssh's log knows.
/// </summary>
internal static class SshExitClassifier
{
    private const int Failure = 255;

    /// <summary>128 + SIGINT: what is seen of a process that the signal ended.</summary>
    private const int Interrupted = 130;

    private const string Debug = "debug";

    private static readonly string[] s_chatter = [Debug, "Authenticated to ", "Transferred: ", "Bytes per second: ", "Warning: Permanently added ", "@@@"];

    /// <summary>The error; null when the exit code is the command's.</summary>
    /// <param name="instanceId">Which instance.</param>
    /// <param name="exitCode">What the ssh client answered.</param>
    /// <param name="log">What it wrote to its log (LogLevel DEBUG1); the end of it is enough.</param>
    /// <param name="knownHosts">The file of host keys, for the message.</param>
    public static PulseRunException? Failed(string instanceId, int exitCode, string log, string knownHosts)
    {
        string[] lines = log.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (lines.Contains("debug1: Exit status " + exitCode.ToString(CultureInfo.InvariantCulture)))
            return null;
        // A client that keeps no such log: by ssh's manual only 255 is a failure.
        if (exitCode != Failure && !lines.Any(line => line.StartsWith(Debug, StringComparison.Ordinal)))
            return null;

        string said = CleanText.Clean(string.Join(" ", lines.Where(line => !s_chatter.Any(start => line.StartsWith(start, StringComparison.Ordinal))).Select(line => line.Trim())), 500);
        if (lines.Contains("Host key verification failed."))
            return KeyRefused(instanceId, lines, knownHosts);
        bool isStarted = lines.Any(line => line.StartsWith("Authenticated to ", StringComparison.Ordinal));
        string message = isStarted
            ? "The command on '" + instanceId + "' ended without an exit code: a signal ended it there, or the connection was lost."
            : "No ssh connection to '" + instanceId + "': nothing was run.";
        if (said.Length > 0)
            message += " ssh says: " + said;
        else if (!isStarted)
            message += " ssh gives no reason (exit code " + exitCode.ToString(CultureInfo.InvariantCulture) + ").";
        return new PulseRunException(ErrorIds.SshFailed, message);
    }

    /// <summary>Whether Ctrl+C ended the client: a terminal sends it to everybody, and the clients are there first.</summary>
    public static bool IsInterrupted(int exitCode, string log) =>
        exitCode == Interrupted || log.Split(['\r', '\n']).Contains("Killed by signal 2.");

    private static PulseRunException KeyRefused(string instanceId, string[] lines, string knownHosts) => new(
        ErrorIds.HostKeyRejected,
        lines.Any(line => line.Contains("IDENTIFICATION HAS CHANGED"))
            ? "The machine that answers for '" + instanceId + "' has another host key than before: nothing was run. To forget the old key: ssh-keygen -R " + SshArguments.HostKeyAlias(instanceId) + " -f \"" + knownHosts + "\""
            : "No host key is kept for '" + instanceId + "', and -HostKeyPolicy does not take a new one: nothing was run.");
}
