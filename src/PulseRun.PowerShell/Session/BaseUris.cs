using System;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Validates the addresses to which a key may be sent.</summary>
internal static class BaseUris
{
    /// <summary>Parses an address with or without <c>/v1</c> and with or without a trailing slash. Returns the default address for null or an empty text.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the text is not an address. InsecureEndpoint: the address is http and not loopback.</exception>
    public static Uri Parse(string? text)
    {
        text = text?.Trim();
        if (text is null or "")
            return ContextSettings.DefaultBaseUri;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("https" or "http") || uri.Host.Length == 0)
            throw Refuse(ErrorIds.InvalidRequest, text, "is not an address such as https://api.pulserun.dev");
        if (uri.UserInfo.Length > 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw Refuse(ErrorIds.InvalidRequest, WithoutSecrets(uri), "must have no user name, query or fragment");
        if (uri.Scheme == "http" && !uri.IsLoopback)
            throw Refuse(ErrorIds.InsecureEndpoint, text, "would send the key unencrypted");
        string path = uri.AbsolutePath.TrimEnd('/');
        if (path.EndsWith("/v1", StringComparison.OrdinalIgnoreCase))
            path = path.Substring(0, path.Length - 3);
        return new Uri(uri.GetLeftPart(UriPartial.Authority) + path.TrimEnd('/') + "/");
    }

    /// <summary>Returns the address without user name, password and query. They may be secrets, and the result is used in an error message.</summary>
    private static string WithoutSecrets(Uri uri) => uri.Scheme + "://" + uri.Authority + uri.AbsolutePath;

    private static PulseRunException Refuse(string errorId, string text, string why) =>
        new(errorId, "The base address '" + CleanText.Clean(text, 200) + "' " + why + ". Nothing was sent.") { Field = "BaseUri" };
}
