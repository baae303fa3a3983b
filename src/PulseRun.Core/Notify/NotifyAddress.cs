using System;
using System.Linq;

namespace PulseRun.Core.Notify;

/// <summary>Checks the address that notifications are sent to. The address is a secret, so no message contains any part of it.</summary>
internal static class NotifyAddress
{
    private const int MaxLength = 2048;

    /// <summary>Returns the address.</summary>
    /// <param name="text">The address as the user gave it.</param>
    /// <param name="field">The parameter or variable that holds it, for the message.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the text is not an https address. Plain http is accepted for loopback addresses.</exception>
    public static Uri Parse(string? text, string field)
    {
        string trimmed = text?.Trim() ?? "";
        if (trimmed.Length is 0 or > MaxLength || trimmed.Any(static c => c is <= ' ' or >= '\x7f') || !Uri.TryCreate(trimmed, UriKind.Absolute, out Uri? address))
            throw Refuse(field, "it is not an address");
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            throw Refuse(field, "the scheme must be https; http is accepted for a loopback address only");
        if (address.UserInfo.Length > 0)
            throw Refuse(field, "it must not contain a user name or a password");
        return address;
    }

    private static PulseRunException Refuse(string field, string why) =>
        new(ErrorIds.InvalidRequest, field + ": " + why + ". The address is not shown, because it is a secret. Nothing was done.") { Field = field };
}
