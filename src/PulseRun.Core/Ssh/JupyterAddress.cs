using System;
using System.Linq;

namespace PulseRun.Core.Ssh;

/// <summary>Represents the address of a Jupyter notebook that is safe to open: https, or http at the local end of a tunnel, without a user name or other parts that disguise the host.</summary>
internal sealed class JupyterAddress
{
    private const int MaxLength = 2048;

    private JupyterAddress(Uri uri) => Uri = uri;

    /// <summary>Gets the address to open. Its query may be an access token, so treat it as a secret.</summary>
    public Uri Uri { get; }

    /// <summary>Gets the address to display, without query and fragment.</summary>
    public string Display => Uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Returns the address of an instance.</summary>
    /// <exception cref="PulseRunException">InvalidJupyterUrl: the address is not safe to open. The message does not quote it, because it may contain a token.</exception>
    public static JupyterAddress Parse(string? text, string instanceId) =>
        TryParse(text) ?? throw new PulseRunException(
            ErrorIds.InvalidJupyterUrl,
            "The notebook address of '" + instanceId + "' was not opened: it is not a plain https address.");

    /// <summary>Returns the port of an address that is not encrypted, so that it may be opened only through a tunnel; null for any other text.</summary>
    public static int? TunnelPort(string? text) =>
        text is not null && text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) && TryParse(text.Insert("http".Length, "s")) is not null ? new Uri(text).Port : null;

    /// <summary>Returns the address at the local end of a tunnel, with the path and the token of an address for which <see cref="TunnelPort"/> returned a port.</summary>
    public static JupyterAddress ThroughTunnel(string text, int localPort) =>
        new(new UriBuilder(text) { Host = "127.0.0.1", Port = localPort }.Uri);

    public static JupyterAddress? TryParse(string? text)
    {
        // A valid address is ASCII. Other characters are look-alikes, or replaced control characters.
        if (text is null || text.Length > MaxLength || text.Any(c => c is <= ' ' or > '~' or '\\'))
            return null;
        bool isPlain = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            && Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttps
            && uri.UserInfo.Length == 0
            && uri.Host.Length > 0
            && text.Substring("https://".Length).Split('/', '?', '#')[0].IndexOf('@') < 0;
        return isPlain ? new JupyterAddress(new Uri(text)) : null;
    }

    /// <summary>Returns the address to display.</summary>
    public override string ToString() => Display;
}
