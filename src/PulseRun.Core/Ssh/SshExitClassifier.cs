using System;
using System.Globalization;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun.Core.Ssh;

/// <summary>
/// Distinguishes the exit code of a command from a failure of ssh. 255 can be either: ssh returns it when it fails, and a command
/// may return it too (<c>sys.exit(-1)</c>). The log of ssh shows which.
/// </summary>
internal static class SshExitClassifier
{
    private const int Failure = 255;

    /// <summary>128 + SIGINT, the exit code of a process that was ended by the signal.</summary>
    private const int Interrupted = 130;

    private const string Debug = "debug";

    private static readonly string[] s_chatter = [Debug, "Authenticated to ", "Transferred: ", "Bytes per second: ", "Warning: Permanently added ", "@@@"];

    /// <summary>Returns the error of ssh; null when the exit code is the command's.</summary>
    /// <param name="instanceId">The id of the instance.</param>
    /// <param name="exitCode">The exit code of the ssh client.</param>
    /// <param name="log">The log of the ssh client (LogLevel DEBUG1); the end of it is sufficient.</param>
    /// <param name="knownHosts">The path of the file of host keys, for the message.</param>
    public static PulseRunException? Failed(string instanceId, int exitCode, string log, string knownHosts)
    {
        string[] lines = log.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (lines.Contains("debug1: Exit status " + exitCode.ToString(CultureInfo.InvariantCulture)))
            return null;
        // This client writes no such log. According to the ssh manual, only 255 is a failure.
        if (exitCode != Failure && !lines.Any(line => line.StartsWith(Debug, StringComparison.Ordinal)))
            return null;

        string said = CleanText.Clean(string.Join(" ", lines.Where(line => !s_chatter.Any(start => line.StartsWith(start, StringComparison.Ordinal))).Select(line => line.Trim())), 500);
        if (lines.Contains("Host key verification failed."))
            return KeyRefused(instanceId, lines, knownHosts);
        bool isStarted = lines.Any(line => line.StartsWith("Authenticated to ", StringComparison.Ordinal));
        string message = isStarted
            ? "The command on '" + instanceId + "' ended without an exit code: it was ended by a signal, or the connection was lost."
            : "The ssh connection to '" + instanceId + "' failed: nothing was run.";
        if (said.Length > 0)
            message += " ssh says: " + said;
        else if (!isStarted)
            message += " ssh gives no reason (exit code " + exitCode.ToString(CultureInfo.InvariantCulture) + ").";
        return new PulseRunException(ErrorIds.SshFailed, message);
    }

    /// <summary>Returns true when Ctrl+C ended the client. A terminal sends the signal to all its processes, and ssh may handle it before this module.</summary>
    public static bool IsInterrupted(int exitCode, string log) =>
        exitCode == Interrupted || log.Split(['\r', '\n']).Contains("Killed by signal 2.");

    private static PulseRunException KeyRefused(string instanceId, string[] lines, string knownHosts) => new(
        ErrorIds.HostKeyRejected,
        lines.Any(line => line.Contains("IDENTIFICATION HAS CHANGED"))
            ? "The host key of '" + instanceId + "' differs from the stored one: nothing was run. To remove the old key: ssh-keygen -R " + SshArguments.HostKeyAlias(instanceId) + " -f \"" + knownHosts + "\""
            : "No host key is stored for '" + instanceId + "', and -HostKeyPolicy does not accept a new one: nothing was run.");
}
