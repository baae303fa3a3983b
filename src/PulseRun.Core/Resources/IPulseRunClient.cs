using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Wait;

namespace PulseRun;

/// <summary>Represents the API of one connection. Every method keeps to the rate limit, retries what may be retried, and fails with a <see cref="PulseRunException"/>.</summary>
/// <remarks>Thread-safe. A cancelled call throws <see cref="OperationCanceledException"/>. A resource adds its methods beside its model.</remarks>
internal partial interface IPulseRunClient : IDisposable
{
    /// <summary>Reads the list of instances, one request for each page, and passes rows on as they arrive. Rows of another state are filtered out here too, in case the server ignores the filter.</summary>
    /// <param name="status">The state to list; null for all.</param>
    /// <param name="onBatch">Receives rows in the server's order. It may block; reading waits for it.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    Task ListAsync(string? status, Action<IReadOnlyList<Instance>> onBatch, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads the first page of the list for completion, without waiting: when the rate limit has no permit, sends nothing. The observer of the client receives the result.</summary>
    Task PeekAsync(ICallObserver observer, CancellationToken cancel);

    /// <summary>Gets the server's clock minus this connection's, from the Date header of the newest answer; null before the first answer.</summary>
    TimeSpan? ClockSkew { get; }

    /// <summary>Gets the number of requests that this process may still send in this minute: by -RequestsPerMinute, else by the limit that the server was seen to enforce; null when neither is known.</summary>
    int? RequestsLeft { get; }

    /// <summary>Reads one instance.</summary>
    Task<Instance> GetAsync(string id, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads one instance right before an act on it, and starts the act's window when the request is sent.</summary>
    Task<Instance> GetAsync(string id, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Stops an instance and returns its new state. An instance that is stopped already is a success.</summary>
    /// <param name="id">The instance's id.</param>
    /// <param name="known">The instance as last seen, or null. It fills in what a shortened answer leaves out.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    Task<Instance> StopAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel);

    /// <summary>Stops an instance within a window: sends the request at most once, and not after the window has passed. RateLimited means that nothing was sent.</summary>
    Task<Instance> StopAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Starts a stopped instance and returns its new state. An instance that is running already is a success.</summary>
    Task<Instance> StartAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel);

    /// <summary>Starts an instance within a window: sends the request at most once, and not after the window has passed. RateLimited means that nothing was sent.</summary>
    Task<Instance> StartAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Terminates an instance and its disk, and returns its last known state.</summary>
    Task<Instance> RemoveAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel);

    /// <summary>Terminates an instance within a window: sends the request at most once, and not after the window has passed. RateLimited means that nothing was sent.</summary>
    Task<Instance> RemoveAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads an instance's metrics.</summary>
    Task<InstanceMetrics> GetMetricsAsync(string id, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads an instance's metrics right before an act on it, and starts the act's window when the request is sent.</summary>
    Task<InstanceMetrics> GetMetricsAsync(string id, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads the balance. The burn rate is not filled in; it is computed from the list.</summary>
    Task<AccountBalance> GetBalanceAsync(ICallObserver observer, CancellationToken cancel);

    /// <summary>Waits until instances reach a state. Each poll is one list request for all of them.</summary>
    /// <param name="items">The instances, each once.</param>
    /// <param name="options">The state to wait for, and for how long.</param>
    /// <param name="onReached">Receives each instance when it reaches the state; for one that no longer exists, its last known form.</param>
    /// <param name="onFailed">Receives the id and the error of each instance that can no longer reach the state (TerminalState) or did not in time (WaitTimeout).</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    Task WaitAsync(IReadOnlyList<WaitItem> items, WaitOptions options, Action<Instance> onReached, Action<string, PulseRunException> onFailed, ICallObserver observer, CancellationToken cancel);
}
