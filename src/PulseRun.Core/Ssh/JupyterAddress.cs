using System;
using System.Linq;

namespace PulseRun.Core.Ssh;

/// <summary>A notebook's address that may be opened: https, and nothing in it that hides where it leads.</summary>
internal sealed class JupyterAddress
{
    private const int MaxLength = 2048;

    private JupyterAddress(Uri uri) => Uri = uri;

    /// <summary>The address to open. Its query may be an access token: a secret.</summary>
    public Uri Uri { get; }

    /// <summary>The address to show: without query and fragment.</summary>
    public string Display => Uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>The address, or an InvalidJupyterUrl about the instance. The text itself is not shown: it may hold a token.</summary>
    public static JupyterAddress Parse(string? text, string instanceId) =>
        TryParse(text) ?? throw new PulseRunException(
            ErrorIds.InvalidJupyterUrl,
            "The notebook address of '" + instanceId + "' is not opened: only plain https addresses are.");

    public static JupyterAddress? TryParse(string? text)
    {
        // An address on the wire is ASCII: what else there is in it was a look-alike, or a control character before it was cleaned.
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

    /// <summary>Answers the address to show.</summary>
    public override string ToString() => Display;
}
