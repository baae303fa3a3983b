using System;

namespace PulseRun.Core.Monitoring;

/// <summary>Checks the address of a receiver of OTLP, and completes it as OpenTelemetry does.</summary>
internal static class OtlpAddress
{
    private const string Path = "/v1/metrics";

    /// <summary>Returns the address to which metrics are posted: the address itself when it ends with /v1/metrics; otherwise this path is added.</summary>
    /// <param name="address">The address as the user gave it.</param>
    /// <param name="hasSecrets">True when headers are sent that may be secrets.</param>
    /// <param name="field">The name of the parameter.</param>
    /// <exception cref="PulseRunException">InvalidRequest: it is no http or https address. InsecureEndpoint: headers would be sent in clear text.</exception>
    public static Uri Of(Uri address, bool hasSecrets, string field)
    {
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps) || address.UserInfo.Length > 0)
            throw new PulseRunException(ErrorIds.InvalidRequest, field + ": this is not an http or https address without a user name. Nothing was sent.") { Field = field };
        if (hasSecrets && address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback)
            throw new PulseRunException(ErrorIds.InsecureEndpoint, field + ": the headers would be sent in clear text. Use https, or leave out -Header. Nothing was sent.") { Field = field };
        string path = address.AbsolutePath.TrimEnd('/');
        return path.EndsWith(Path, StringComparison.Ordinal) ? address : new UriBuilder(address) { Path = path + Path }.Uri;
    }
}
