using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Refit;

namespace PulseRun.Client.Http;

/// <summary>The endpoints of api.md. The raw response, so that Refit hands it over once the headers are here and the body is read under our own limits.</summary>
internal interface IPulseRunApi
{
    [Post("/v1/instances")]
    Task<HttpResponseMessage> Launch([Body] HttpContent body, [Header("Idempotency-Key")] string? intentId, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get("/v1/instances")]
    Task<HttpResponseMessage> List(string? status, string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    /// <summary>A further page, where the server names its address. Checked to be the same server before.</summary>
    [Get("")]
    Task<HttpResponseMessage> ListAt([Url] string address, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get("/v1/instances/{id}")]
    Task<HttpResponseMessage> Get(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post("/v1/instances/{id}/stop")]
    Task<HttpResponseMessage> Stop(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post("/v1/instances/{id}/start")]
    Task<HttpResponseMessage> Start(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Delete("/v1/instances/{id}")]
    Task<HttpResponseMessage> Remove(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get("/v1/instances/{id}/metrics")]
    Task<HttpResponseMessage> Metrics(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get("/v1/billing/balance")]
    Task<HttpResponseMessage> Balance([Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get("/v1/billing/transactions")]
    Task<HttpResponseMessage> Transactions(string? type, string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);
}
