using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Refit;

namespace PulseRun.Client.Http;

/// <summary>
/// Declares the endpoints whose answers are parsed while they stream. They return nothing: <see cref="AttemptHandler"/> reads the body with <see cref="Attempt.Read"/>, under this module's own limits,
/// which spares Refit's part of an answer. A resource with small answers has an interface of its own, with typed results (see <see cref="IBillingApi"/>).
/// </summary>
internal interface IPulseRunApi
{
    [Post(ApiPaths.Instances)]
    Task Launch([Body] HttpContent body, [Header("Idempotency-Key")] string? intentId, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get(ApiPaths.Instances)]
    Task List(string? status, string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    /// <summary>Reads a further page at the address that the server gave. The caller has checked that it is the same server.</summary>
    [Get("")]
    Task ListAt([Url] string address, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get(ApiPaths.Instance)]
    Task Get(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post(ApiPaths.Stop)]
    Task Stop(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post(ApiPaths.Start)]
    Task Start(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Delete(ApiPaths.Instance)]
    Task Remove(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get(ApiPaths.Metrics)]
    Task Metrics(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);
}
