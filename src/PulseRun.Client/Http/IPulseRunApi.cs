using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Refit;

namespace PulseRun.Client.Http;

/// <summary>Declares the endpoints whose answers are parsed while they stream: Refit returns the response after the headers, and the body is read under this module's own limits. A resource with small answers has an interface of its own, with typed results (see <see cref="IBillingApi"/>).</summary>
internal interface IPulseRunApi
{
    [Post(ApiPaths.Instances)]
    Task<HttpResponseMessage> Launch([Body] HttpContent body, [Header("Idempotency-Key")] string? intentId, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get(ApiPaths.Instances)]
    Task<HttpResponseMessage> List(string? status, string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    /// <summary>Reads a further page at the address that the server gave. The caller has checked that it is the same server.</summary>
    [Get("")]
    Task<HttpResponseMessage> ListAt([Url] string address, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get(ApiPaths.Instance)]
    Task<HttpResponseMessage> Get(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post(ApiPaths.Stop)]
    Task<HttpResponseMessage> Stop(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post(ApiPaths.Start)]
    Task<HttpResponseMessage> Start(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Delete(ApiPaths.Instance)]
    Task<HttpResponseMessage> Remove(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get(ApiPaths.Metrics)]
    Task<HttpResponseMessage> Metrics(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);
}
