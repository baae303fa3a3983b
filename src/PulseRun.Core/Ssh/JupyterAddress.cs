using System;
using System.Linq;

namespace PulseRun.Core.Ssh;

/// <summary>Represents the address of a Jupyter notebook that is safe to open: https, without a user name or other parts that disguise the host.</summary>
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
