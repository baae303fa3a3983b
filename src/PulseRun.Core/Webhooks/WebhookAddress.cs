using System;
using System.Linq;

namespace PulseRun.Core.Webhooks;

/// <summary>Checks the address of a webhook before it is sent.</summary>
internal static class WebhookAddress
{
    private const int MaxLength = 2048;

    /// <summary>Returns the address as text.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: it is not an https address. Plain http is accepted for loopback addresses, which the emulator delivers to.</exception>
    public static string Check(string? text)
    {
        string trimmed = text?.Trim() ?? "";
        if (trimmed.Length is 0 or > MaxLength || trimmed.Any(static c => c is <= ' ' or >= '\x7f') || !Uri.TryCreate(trimmed, UriKind.Absolute, out Uri? address) || address.Host.Length == 0)
            throw Refuse("it is not an address, such as https://example.com/hook");
        if (address.Scheme != Uri.UriSchemeHttps && !(address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            throw Refuse("the scheme must be https, because events would be sent in clear text; http is accepted for a loopback address only");
        if (address.UserInfo.Length > 0)
            throw Refuse("it must not contain a user name or a password");
        return trimmed;
    }

    private static PulseRunException Refuse(string why) => new(ErrorIds.InvalidRequest, "Nothing was sent: Uri: " + why + ".") { Field = "Uri" };
}
