using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace PulseRun.Core.Ssh;

/// <summary>
/// Parses the server's <c>ssh_command</c> by a strict grammar. It is untrusted text that becomes part of a command line, so anything else is rejected.
/// <code>
/// command     = "ssh" [port] destination [port]     at most one port, words apart by exactly one space
/// port        = "-p" number                         1 to 65535, no leading zero
/// destination = user "@" host | "-l" user host
/// host        = name | IPv4 | "[" IPv6 "]"
/// </code>
/// </summary>
internal static class SshCommandLine
{
    private const int MaxLength = 512;
    private const int MaxUser = 64;
    private const int MaxHost = 253;
    private const int MaxLabel = 63;

    /// <summary>Returns the target of an instance's ssh command.</summary>
    /// <exception cref="PulseRunException">InvalidSshCommand: the command does not have the strict form.</exception>
    public static SshTarget Parse(string? command, string instanceId) =>
        TryParse(command) ?? throw new PulseRunException(
            ErrorIds.InvalidSshCommand,
            "The ssh command of '" + instanceId + "' was not run: it does not have the form 'ssh [-p port] user@host'. It is not shown here, because a command may contain a secret.");

    /// <summary>Returns the target; null when the text is not a plain ssh command.</summary>
    public static SshTarget? TryParse(string? command)
    {
        if (command is null || command.Length > MaxLength)
            return null;
        var words = command.Split(' ').ToList();
        if (words[0] != "ssh")
            return null;
        words.RemoveAt(0);

        string? portText = null;
        if (words.Count > 2 && words[0] == "-p")
        {
            portText = words[1];
            words.RemoveRange(0, 2);
        }
        else if (words.Count > 2 && words[words.Count - 2] == "-p")
        {
            portText = words[words.Count - 1];
            words.RemoveRange(words.Count - 2, 2);
        }

        string user, host;
        if (words.Count == 3 && words[0] == "-l")
        {
            (user, host) = (words[1], words[2]);
        }
        else if (words.Count == 1 && words[0].IndexOf('@') is var at and > 0)
        {
            (user, host) = (words[0].Substring(0, at), words[0].Substring(at + 1));
        }
        else
        {
            return null;
        }

        int? port = portText is null ? null : Port(portText);
        if (portText is not null && port is null)
            return null;
        return IsUser(user) && Host(host) is { } address ? new SshTarget(user, address, port) : null;
    }

    private static int? Port(string text)
    {
        if (text.Length is 0 or > 5 || text[0] == '0' || !text.All(IsDigit))
            return null;
        int port = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        return port <= 65535 ? port : null;
    }

    private static bool IsUser(string user) =>
        user.Length is > 0 and <= MaxUser
        && (IsLetterOrDigit(user[0]) || user[0] == '_')
        && user.All(c => IsLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>Returns the host without brackets; null when it is not a valid host.</summary>
    private static string? Host(string text)
    {
        if (text.Length > 2 && text[0] == '[' && text[text.Length - 1] == ']')
        {
            string address = text.Substring(1, text.Length - 2);
            return IsIPv6(address) ? address : null;
        }
        if (text.Length is 0 or > MaxHost)
            return null;
        string[] labels = text.Split('.');
        if (!labels.All(IsLabel))
            return null;

        // Resolvers also parse "1.2.3", "0x7f.1" and "2130706433" as addresses; accept only the plain form.
        return !IsNumber(labels[labels.Length - 1]) || IsIPv4(labels) ? text : null;
    }

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= MaxLabel
        && label.All(c => IsLetterOrDigit(c) || c == '-')
        && label[0] != '-' && label[label.Length - 1] != '-';

    private static bool IsNumber(string label) =>
        label.All(IsDigit) || (label.Length >= 2 && label[0] == '0' && label[1] is 'x' or 'X' && label.Skip(2).All(IsHexDigit));

    private static bool IsIPv4(string[] labels) =>
        labels.Length == 4 && labels.All(label =>
            label.Length <= 3 && label.All(IsDigit) && (label.Length == 1 || label[0] != '0')
            && int.Parse(label, NumberStyles.None, CultureInfo.InvariantCulture) <= 255);

    /// <summary>Returns true for an IPv6 address without a zone (<c>%eth0</c>), because a server cannot know the interfaces of this machine.</summary>
    private static bool IsIPv6(string text) =>
        text.All(c => IsHexDigit(c) || c is ':' or '.')
        && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6;

    private static bool IsLetterOrDigit(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' || IsDigit(c);

    private static bool IsHexDigit(char c) => c is >= 'a' and <= 'f' or >= 'A' and <= 'F' || IsDigit(c);

    private static bool IsDigit(char c) => c is >= '0' and <= '9';
}
