using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PulseRun.Core.Ssh;

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
            throw new PulseRunException(ErrorIds.InvalidRequest, "The path '" + PulseRun.Core.Text.CleanText.Clean(path, 300) + "' cannot be given to ssh: it holds a quote, a backslash, a control character or ${.");
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

/// <summary>What the user decides about a connection.</summary>
/// <param name="KnownHosts">The file of host keys this module keeps: a whole path.</param>
/// <param name="Policy">What to do about a host key.</param>
/// <param name="IdentityFile">A private key: a whole path; null for the agent's keys and ssh's usual files.</param>
/// <param name="ConfigFile">The person's own ssh configuration, a whole path; null for none.</param>
internal sealed record SshSettings(string KnownHosts, HostKeyPolicy Policy, string? IdentityFile, string? ConfigFile = null);

/// <summary>Where to ssh to. Made by <see cref="SshCommandLine"/> only, so that each part is known to be harmless.</summary>
/// <param name="User">A user name: letters, digits and <c>_ . -</c>, no hyphen first.</param>
/// <param name="Host">A name, an IPv4 address, or an IPv6 address without brackets.</param>
/// <param name="Port">Null for ssh's own default.</param>
internal sealed record SshTarget(string User, string Host, int? Port)
{
    /// <summary>The arguments that name the target, for a process started without a shell. Own options go before them, a remote command after them.</summary>
    public IReadOnlyList<string> ToArguments()
    {
        var arguments = new List<string>();
        if (Port is { } port)
        {
            arguments.Add("-p");
            arguments.Add(port.ToString(CultureInfo.InvariantCulture));
        }

        // Neither part can be taken for an option; the end of the options says so once more.
        arguments.AddRange(["-l", User, "--", Host]);
        return arguments;
    }
}
