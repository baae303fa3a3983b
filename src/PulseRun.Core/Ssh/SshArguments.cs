using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace PulseRun.Core.Ssh;

/// <summary>
/// Builds the arguments of the ssh client, which is started without a shell. Values from the server have been checked by
/// <see cref="SshCommandLine"/>; here they cannot become an option (<c>--</c>) and, unless the user asks for it, cannot select a section of the user's configuration (<c>-F none</c>).
/// </summary>
internal static class SshArguments
{
    /// <summary>Returns the arguments for a session in this terminal.</summary>
    public static IReadOnlyList<string> Interactive(string instanceId, SshTarget target, SshSettings settings) =>
        [.. Common(instanceId, settings), .. target.ToArguments()];

    /// <summary>Returns the arguments for one command without a terminal and without prompts.</summary>
    /// <param name="instanceId">The checked id of the instance.</param>
    /// <param name="target">The ssh target.</param>
    /// <param name="settings">The settings of the user.</param>
    /// <param name="logFile">The file for ssh's own messages, so that standard error contains only the command's output.</param>
    /// <param name="command">The user's command, for the shell on the instance.</param>
    public static IReadOnlyList<string> Command(string instanceId, SshTarget target, SshSettings settings, string logFile, string command) =>
        [.. Common(instanceId, settings), "-T", "-o", "BatchMode=yes", "-E", logFile, "-o", "LogLevel=DEBUG1", .. target.ToArguments(), command];

    /// <summary>Returns the arguments for a command that transfers data. Prefers the fastest of the ciphers that OpenSSH allows by default: with AES instructions it needs half the time of chacha20.</summary>
    public static IReadOnlyList<string> Channel(string instanceId, SshTarget target, SshSettings settings, string logFile, string command) =>
    [
        .. Common(instanceId, settings), "-T", "-o", "BatchMode=yes", "-E", logFile, "-o", "LogLevel=DEBUG1",
        "-o", "Ciphers=aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr",
        .. target.ToArguments(), command,
    ];

    /// <summary>Returns the arguments for a tunnel from a port of the loopback address here to one there. The client ends when it cannot listen.</summary>
    /// <param name="instanceId">The checked id of the instance.</param>
    /// <param name="target">The ssh target.</param>
    /// <param name="settings">The settings of the user.</param>
    /// <param name="logFile">The file for ssh's own messages.</param>
    /// <param name="localPort">The port here.</param>
    /// <param name="remotePort">The port there.</param>
    /// <param name="command">The command to run, whose end ends the client; null for none.</param>
    public static IReadOnlyList<string> Tunnel(string instanceId, SshTarget target, SshSettings settings, string logFile, int localPort, int remotePort, string? command) =>
    [
        .. Common(instanceId, settings), "-T", "-o", "BatchMode=yes", "-E", logFile, "-o", "LogLevel=DEBUG1", "-o", "ExitOnForwardFailure=yes", "-o", "GatewayPorts=no",
        "-L", string.Format(CultureInfo.InvariantCulture, "127.0.0.1:{0}:127.0.0.1:{1}", localPort, remotePort),
        .. command is null ? ["-N"] : Array.Empty<string>(), .. target.ToArguments(), .. command is null ? Array.Empty<string>() : [command],
    ];

    /// <summary>
    /// Returns the name under which the host key of an instance is stored. Addresses and ports are reused for other renters; ids are not.
    /// The prefix prevents ssh from reading an id as a marker or a comment.
    /// </summary>
    public static string HostKeyAlias(string instanceId) => "pulserun-" + instanceId;

    /// <summary>Returns a path as the value of an ssh option, in which ssh interprets quotes, backslashes, % and ${}.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the path cannot be written as an option.</exception>
    public static string OptionPath(string path, bool isWindows)
    {
        string value = isWindows ? path.Replace('\\', '/') : path;
        if (value.Any(c => c is '"' or '\\' || char.IsControl(c)) || value.Contains("${"))
            throw new PulseRunException(ErrorIds.InvalidRequest, "The path '" + PulseRun.Core.Text.CleanText.Clean(path, 300) + "' cannot be passed to ssh: it contains a quote, a backslash, a control character or ${.");
        return "\"" + value.Replace("%", "%%") + "\"";
    }

    private static List<string> Common(string instanceId, SshSettings settings)
    {
        bool isWindows = System.IO.Path.DirectorySeparatorChar == '\\';
        List<string> arguments =
        [
            // Ignore the ssh configuration of the user and the machine unless the user names one: a host name from the server must not select a section of it.
            "-F", settings.ConfigFile ?? "none",
            // Do not forward the agent or the display to a rented machine.
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
            // A lost machine is noticed within a minute (4 * 15 s).
            "-o", "ServerAliveInterval=15",
            "-o", "ServerAliveCountMax=4",
        ];
        // A shared connection (ControlMaster) is found by address and port, which pass to other renters, and using one skips the check of the host key. So none is used.
        if (settings.ConfigFile is not null)
            arguments.AddRange(["-o", "ControlPath=none"]);
        if (settings.IdentityFile is { } identity)
            arguments.AddRange(["-o", "IdentityFile=" + OptionPath(identity, isWindows), "-o", "IdentitiesOnly=yes"]);
        return arguments;
    }
}

/// <summary>Contains the user's settings for a connection.</summary>
/// <param name="KnownHosts">The full path of this module's file of host keys.</param>
/// <param name="Policy">The check of host keys.</param>
/// <param name="IdentityFile">The full path of a private key; null for the agent's keys and ssh's usual files.</param>
/// <param name="ConfigFile">The full path of the user's ssh configuration; null to use none.</param>
internal sealed record SshSettings(string KnownHosts, HostKeyPolicy Policy, string? IdentityFile, string? ConfigFile = null);

/// <summary>Represents an ssh target. Only <see cref="SshCommandLine"/> creates it, so each part has been checked.</summary>
/// <param name="User">The user name: letters, digits and <c>_ . -</c>, not beginning with a hyphen.</param>
/// <param name="Host">A name, an IPv4 address, or an IPv6 address without brackets.</param>
/// <param name="Port">The port; null for ssh's default.</param>
internal sealed record SshTarget(string User, string Host, int? Port)
{
    /// <summary>Returns the arguments that name the target, for a process started without a shell. Options go before them, a remote command after them.</summary>
    public IReadOnlyList<string> ToArguments()
    {
        var arguments = new List<string>();
        if (Port is { } port)
        {
            arguments.Add("-p");
            arguments.Add(port.ToString(CultureInfo.InvariantCulture));
        }

        // Neither part can begin with a hyphen; "--" is a second safeguard.
        arguments.AddRange(["-l", User, "--", Host]);
        return arguments;
    }
}
