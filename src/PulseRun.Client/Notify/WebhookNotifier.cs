using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Core.Client;
using PulseRun.Core.Notify;

namespace PulseRun.Client.Notify;

/// <summary>
/// Sends notifications to a webhook. The whole address is a secret: it appears in no message, and no exception that could contain a part of it is passed on.
/// The handler follows no redirect, keeps no cookies, and uses no proxy for a loopback address.
/// </summary>
internal sealed class WebhookNotifier(Uri address, NotifyFormat format, HttpMessageHandler handler, TimeProvider time) : INotifier
{
    /// <summary>The time limit of one attempt.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_beforeRetry = TimeSpan.FromSeconds(1);

    /// <summary>The number of attempts: after a 5xx or a timeout, one more.</summary>
    private const int MostAttempts = 2;

    /// <summary>The number of bytes of an answer that are examined.</summary>
    private const int MostAnswer = 4096;

    public async Task SendAsync(Notice what, string key, ICallObserver observer, CancellationToken cancel)
    {
        byte[] body = NotifyBody.Write(what, format);
        for (int attempt = 1; ; attempt++)
        {
            long start = time.GetTimestamp();
            (string? failure, bool isTransient) = await TryAsync(body, key, cancel).ConfigureAwait(false);
            if (observer.WantsVerbose)
            {
                observer.Verbose(string.Format(CultureInfo.InvariantCulture, "Notification of {0}: {1} after {2:0} ms (attempt {3}).",
                    what.Subject, failure ?? "accepted", time.GetElapsedTime(start).TotalMilliseconds, attempt));
            }
            if (failure is null)
                return;
            if (!isTransient || attempt == MostAttempts)
                throw new PulseRunException(ErrorIds.NotificationFailed, "The notification of " + what.Subject + " was not delivered: the receiver " + failure + ".");
            await time.Delay(s_beforeRetry, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Sends once. Returns why it failed, and whether another attempt may help; null when the receiver accepted.</summary>
    private async Task<(string? Failure, bool IsTransient)> TryAsync(byte[] body, string key, CancellationToken cancel)
    {
        using CancellationTokenSource limit = time.CreateCancellationTokenSource(Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            request.Headers.TryAddWithoutValidation("User-Agent", "PulseRun-PowerShell");
            using var invoker = new HttpMessageInvoker(handler, disposeHandler: false);
            using HttpResponseMessage response = await Within(inner => invoker.SendAsync(request, inner), either.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            if (status is < 200 or > 299)
                return ("answered " + status.ToString(CultureInfo.InvariantCulture) + (status is >= 300 and < 400 ? ", and redirects are not followed" : ""), status >= 500);
            // Connectors of Teams answer 200 when their own delivery failed, and describe the failure in the body.
            if (format == NotifyFormat.Teams && DescribesFailure(await Within(inner => ReadAsync(response, inner), either.Token).ConfigureAwait(false)))
                return ("answered " + status.ToString(CultureInfo.InvariantCulture) + ", and its text describes a failure", false);
            return (null, false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return ("did not answer within " + Timeout.TotalSeconds.ToString("0", CultureInfo.InvariantCulture) + " s", true);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or UntrustedServerException or WebException or ObjectDisposedException or InvalidOperationException)
        {
            return (SecretAddress.Why(error), false);
        }
    }

    private static bool DescribesFailure(string answer) => CultureInfo.InvariantCulture.CompareInfo.IndexOf(answer, "failed with error", CompareOptions.OrdinalIgnoreCase) >= 0;

    /// <summary>Returns the result of some work, or throws when the time is over. Some handlers ignore a cancellation while they connect.</summary>
    private static async Task<T> Within<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        Task<T> task = work(cancel);
        var over = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancel.Register(() => over.TrySetResult(true)))
        {
            if (await Task.WhenAny(task, over.Task).ConfigureAwait(false) != task)
            {
                // The task is observed, because its late failure would otherwise be reported by an event of the process, with the address in it.
                _ = task.ContinueWith(static late => _ = late.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
                throw new OperationCanceledException(cancel);
            }
        }
        return await task.ConfigureAwait(false);
    }

    private static async Task<string> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        byte[] bytes = new byte[MostAnswer];
        int length = 0;
#if NET
        using Stream stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
#else
        using Stream stream = await response.Content.ReadAsStreamAsync().ConfigureAwait(false);
#endif
        for (int got = -1; got != 0 && length < bytes.Length; length += got)
        {
#if NET
            got = await stream.ReadAsync(bytes.AsMemory(length), cancel).ConfigureAwait(false);
#else
            got = await stream.ReadAsync(bytes, length, bytes.Length - length, cancel).ConfigureAwait(false);
#endif
        }
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
