using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Core.Client;
using PulseRun.Core.Monitoring;

namespace PulseRun.Client.Monitoring;

/// <summary>Sends metrics to a receiver of OTLP over http/protobuf. The key of the account is not involved; the address and the headers may be secrets, so no message contains them.</summary>
internal sealed class OtlpMetricSink(Uri address, IReadOnlyList<KeyValuePair<string, string>> headers, string service, HttpMessageHandler handler, TimeProvider time) : IMetricSink
{
    /// <summary>The time limit, the default of OTLP.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public async Task SendAsync(IReadOnlyList<MetricFamily> families, DateTimeOffset at, ICallObserver observer, CancellationToken cancel)
    {
        string version = typeof(OtlpMetricSink).Assembly.GetName().Version?.ToString(3) ?? "";
        byte[] body = OtlpMetrics.Write(families, at, service, version);
        long start = time.GetTimestamp();
        string? failure = await TryAsync(body, cancel).ConfigureAwait(false);
        if (observer.WantsVerbose)
            observer.Verbose(string.Format(CultureInfo.InvariantCulture, "Metrics ({0} bytes): {1} after {2:0} ms.", body.Length, failure ?? "accepted", time.GetElapsedTime(start).TotalMilliseconds));
        if (failure is not null)
            throw new PulseRunException(ErrorIds.MetricsExportFailed, "The metrics were not delivered: the receiver " + failure + ".");
    }

    /// <summary>Sends once. Returns why it failed; null when the receiver accepted. There is no second attempt: the next export has newer values.</summary>
    private async Task<string?> TryAsync(byte[] body, CancellationToken cancel)
    {
        using CancellationTokenSource limit = time.CreateCancellationTokenSource(Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            request.Headers.TryAddWithoutValidation("User-Agent", "PulseRun-PowerShell");
            foreach (KeyValuePair<string, string> header in headers)
                request.Headers.TryAddWithoutValidation(header.Key, header.Value);
            using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
            using HttpResponseMessage response = await invoker.SendAsync(request, either.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            return status is >= 200 and < 300 ? null
                : "answered " + status.ToString(CultureInfo.InvariantCulture) + (status is >= 300 and < 400 ? ", and redirects are not followed" : "");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "did not answer within " + Timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s";
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UntrustedServerException or WebException or ObjectDisposedException or InvalidOperationException)
        {
            return SecretAddress.Why(error, ". A receiver of gRPC is not supported here: use its port for http");
        }
    }
}
