using System;
using System.Globalization;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Webhooks;

namespace PulseRun.Emulator.Simulation;

/// <summary>Posts events to loopback addresses, signed by Standard Webhooks, and repeats a delivery that was not accepted.</summary>
/// <param name="time">The clock of the delays between attempts, and of the timestamps: receivers compare them with real time, however fast the emulator runs.</param>
internal sealed class WebhookSender(TimeProvider time) : IDisposable
{
    /// <summary>The largest number of deliveries under way. With a fast clock and no receiver, there would be thousands.</summary>
    private const int MaxPending = 200;

    private static readonly TimeSpan[] s_delays = [TimeSpan.Zero, TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)];

    // Created at the first delivery, because most emulators send none.
    private readonly Lazy<HttpClient> _http = new(static () => new HttpClient(new HttpClientHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = TimeSpan.FromSeconds(10) });
    private readonly CancellationTokenSource _closing = new();
    private int _pending;

    /// <summary>Begins a delivery. It ends when it is accepted, or after the last attempt.</summary>
    public void Send(Uri address, byte[] key, string id, byte[] body)
    {
        if (Interlocked.Increment(ref _pending) > MaxPending)
        {
            Interlocked.Decrement(ref _pending);
            return;
        }
        _ = Task.Run(async () =>
        {
            try
            {
                await DeliverAsync(address, key, id, body);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                // The emulator has ended.
            }
            finally
            {
                Interlocked.Decrement(ref _pending);
            }
        });
    }

    public void Dispose()
    {
        // Cancel without disposing: pending deliveries still hold the token.
        _closing.Cancel();
        if (_http.IsValueCreated)
            _http.Value.Dispose();
    }

    private async Task DeliverAsync(Uri address, byte[] key, string id, byte[] body)
    {
        foreach (TimeSpan delay in s_delays)
        {
            if (delay > TimeSpan.Zero)
                await PauseAsync(delay);
            string timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue("application/json");
            request.Headers.Add("webhook-id", id);
            request.Headers.Add("webhook-timestamp", timestamp);
            request.Headers.TryAddWithoutValidation("webhook-signature", WebhookSignature.Sign(key, id, timestamp, body));
            try
            {
                using HttpResponseMessage answer = await _http.Value.SendAsync(request, _closing.Token);
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !_closing.IsCancellationRequested))
            {
                // No program listens, or the receiver did not answer in time: try again.
            }
        }
    }

    private Task PauseAsync(TimeSpan delay) =>
#if NET
        Task.Delay(delay, time, _closing.Token);
#else
        time.Delay(delay, _closing.Token);
#endif
}
