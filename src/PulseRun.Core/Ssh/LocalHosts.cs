using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;

namespace PulseRun.Core.Ssh;

/// <summary>
/// Recognizes hosts on this machine or its network link. A server that returns one could make ssh or the browser reach the user's own services.
/// Private networks are allowed, because an instance may be reached through one. A name is judged by its text only; how it is resolved later cannot be controlled here.
/// </summary>
internal static class LocalHosts
{
    /// <summary>The names that common hosts files give to loopback addresses, and those that RFC 6761 reserves for them.</summary>
    private static readonly string[] s_names = ["localhost", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback", "ip6-allnodes", "ip6-allrouters", "loopback", "broadcasthost"];

    /// <summary>Returns true for loopback, unspecified, link-local and multicast addresses in every notation that resolvers accept, and for the names of loopback.</summary>
    /// <param name="host">A name or an address; an IPv6 address with or without brackets.</param>
    public static bool Contains(string host)
    {
        string text = host.Trim('[', ']').TrimEnd('.');
        // A name of dots only is the DNS root, which is not a host.
        if (text.Length == 0)
            return true;
        if (IsName(text))
            return true;
        if (Numeric(text) is { } number)
            return IsLocal(number);
        return IPAddress.TryParse(text, out IPAddress? address) && IsLocal(address);
    }

    private static bool IsName(string text)
    {
        string lower = text.ToLowerInvariant();
        return Array.IndexOf(s_names, lower) >= 0
            || lower.EndsWith(".localhost", StringComparison.Ordinal)
            || lower.EndsWith(".localdomain", StringComparison.Ordinal);
    }

    /// <summary>Returns the IPv4 address that inet_aton would parse: one to four parts in decimal, octal or hexadecimal, where the last part fills the remaining bytes. Null for any other text.</summary>
    private static IPAddress? Numeric(string text)
    {
        string[] parts = text.Split('.');
        if (parts.Length > 4)
            return null;
        ulong address = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            if (Part(parts[i]) is not { } value)
                return null;
            bool isLast = i == parts.Length - 1;
            int bits = isLast ? 8 * (5 - parts.Length) : 8;
            if (value >= 1UL << bits)
                return null;
            address = (address << bits) | value;
        }
        return new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]);
    }

    private static ulong? Part(string text)
    {
        bool isHex = text.Length > 1 && text[0] == '0' && text[1] is 'x' or 'X';
        string digits = isHex ? text.Substring(2) : text;
        uint radix = isHex ? 16u : text.Length > 1 && text[0] == '0' ? 8u : 10u;
        // inet_aton parses "0x" as 0. More than 40 digits cannot be an address.
        if ((digits.Length == 0 && !isHex) || digits.Length > 40)
            return null;
        ulong value = 0;
        foreach (char c in digits)
        {
            int digit = c is >= '0' and <= '9' ? c - '0' : c is >= 'a' and <= 'f' ? c - 'a' + 10 : c is >= 'A' and <= 'F' ? c - 'A' + 10 : -1;
            if (digit < 0 || digit >= radix)
                return null;
            value = (value * radix) + (uint)digit;
            if (value > uint.MaxValue)
                return null;
        }
        return value;
    }

    private static bool IsLocal(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return IsLocalV4(bytes, 0);
        // fe80::/10, ff00::/8, and the deprecated site-local addresses, which also depend on a local interface.
        if (bytes[0] == 0xFF || (bytes[0] == 0xFE && (bytes[1] & 0x80) == 0x80))
            return true;
        return Embedded(bytes) is { } at && IsLocalV4(bytes, at);
    }

    /// <summary>Returns the offset of the IPv4 address embedded in an IPv6 address: mapped and compatible (including :: and ::1), translated (64:ff9b::/96, ::ffff:0:0:0/96) and 6to4 (2002::/16). Null without one.</summary>
    private static int? Embedded(byte[] bytes)
    {
        bool isTranslated = bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == 0xFF && bytes[3] == 0x9B && AreZero(bytes, 4, 12);
        bool isMapped = AreZero(bytes, 0, 10) && ((bytes[10] == 0xFF && bytes[11] == 0xFF) || (bytes[10] == 0 && bytes[11] == 0));
        bool isStateless = AreZero(bytes, 0, 8) && bytes[8] == 0xFF && bytes[9] == 0xFF && bytes[10] == 0 && bytes[11] == 0;
        if (isTranslated || isMapped || isStateless)
            return 12;
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? 2 : null;
    }

    private static bool AreZero(byte[] bytes, int from, int to) => bytes.Skip(from).Take(to - from).All(static one => one == 0);

    /// <summary>Returns true for 0/8 (this network; 0.0.0.0 reaches loopback), 127/8, 169.254/16, 224/4 and the broadcast address.</summary>
    private static bool IsLocalV4(byte[] bytes, int at) =>
        bytes[at] is 0 or 127 or >= 224 and <= 239
        || (bytes[at] == 169 && bytes[at + 1] == 254)
        || (bytes[at] == 255 && bytes[at + 1] == 255 && bytes[at + 2] == 255 && bytes[at + 3] == 255);
}
