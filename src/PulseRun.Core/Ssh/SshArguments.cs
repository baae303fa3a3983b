using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Ssh;

/// <summary>
/// The arguments for the ssh client, which is started without a shell. Whatever comes from the server has gone through
/// <see cref="SshCommandLine"/>; here it cannot become an option (<c>--</c>), nor, unless the user asks for it, pick a section of the user's configuration (<c>-F none</c>).
/// </summary>
internal static class SshArguments
{
    /// <summary>Arguments for a session in this terminal.</summary>
    public static IReadOnlyList<string> Interactive(string instanceId, SshTarget target, SshSettings settings) =>
        [.. Common(instanceId, settings), .. target.ToArguments()];

    /// <summary>Arguments for one command without a terminal. Nothing is asked.</summary>
    /// <param name="instanceId">Which instance, checked.</param>
    /// <param name="target">Where to.</param>
    /// <param name="settings">How.</param>
    /// <param name="logFile">Where ssh's own words go, so that standard error is the command's alone.</param>
    /// <param name="command">The user's text, for the shell there.</param>
    public static IReadOnlyList<string> Command(string instanceId, SshTarget target, SshSettings settings, string logFile, string command) =>
        [.. Common(instanceId, settings), "-T", "-o", "BatchMode=yes", "-E", logFile, "-o", "LogLevel=DEBUG1", .. target.ToArguments(), command];

    /// <summary>
    /// Under which name the host key of an instance is kept. Addresses and ports go from one renter to the next, ids do not.
    /// The prefix keeps an id from being read as a marker or a comment.
    /// </summary>
    public static string HostKeyAlias(string instanceId) => "pulserun-" + instanceId;

    /// <summary>A path as the value of an ssh option: ssh takes quotes, backslashes, % and ${} in it for its own.</summary>
    /// <exception cref="PulseRunException">InvalidRequest for a path that ssh cannot be given.</exception>
    public static string OptionPath(string path, bool isWindows)
    {
        string value = isWindows ? path.Replace('\\', '/') : path;
        if (value.Any(c => c is '"' or '\\' || char.IsControl(c)) || value.Contains("${"))
            throw new PulseRunException(ErrorIds.InvalidRequest, "The path '" + Rules.Text.Clean(path, 300) + "' cannot be given to ssh: it holds a quote, a backslash, a control character or ${.");
        return "\"" + value.Replace("%", "%%") + "\"";
    }

    private static List<string> Common(string instanceId, SshSettings settings)
    {
        bool isWindows = System.IO.Path.DirectorySeparatorChar == '\\';
        List<string> arguments =
        [
            // Neither the user's configuration nor the machine's, unless the user names one: a host name from the server must not choose among its sections.
            "-F", settings.ConfigFile ?? "none",
            // No agent and no display for a rented machine.
            "-a", "-x",
            "-o", "StrictHostKeyChecking=" + settings.Policy switch
            {
                HostKeyPolicy.AcceptNew => "accept-new",
                HostKeyPolicy.Ask => "ask",
                _ => "yes",
            },
            "-o", "UserKnownHostsFile=" + OptionPath(settings.KnownHosts, isWindows),
            "-o", "GlobalKnownHostsFile=/dev/null",
            "-o", "HostKeyAlias=" + HostKeyAlias(instanceId),
            "-o", "CheckHostIP=no",
            "-o", "UpdateHostKeys=no",
            "-o", "ConnectTimeout=30",
            // A machine that is gone is noticed within a minute.
            "-o", "ServerAliveInterval=15",
            "-o", "ServerAliveCountMax=4",
        ];
        // A shared connection is found by address and port, which go from one renter to the next, and asks for no host key.
        if (settings.ConfigFile is not null)
            arguments.AddRange(["-o", "ControlPath=none"]);
        if (settings.IdentityFile is { } identity)
            arguments.AddRange(["-o", "IdentityFile=" + OptionPath(identity, isWindows), "-o", "IdentitiesOnly=yes"]);
        return arguments;
    }
}
