using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Wait;

namespace PulseRun;

/// <summary>The API of one connection. Every method keeps to the rate limit, retries what may be retried, and fails with a <see cref="PulseRunException"/>.</summary>
/// <remarks>Safe for use by many threads at once. A cancelled call ends with <see cref="OperationCanceledException"/>. A resource adds its methods beside its model.</remarks>
internal partial interface IPulseRunClient : IDisposable
{
    /// <summary>Reads the list, one request a page, handing rows over as they arrive. Filters on this side too.</summary>
    /// <param name="status">Only this state; null for all.</param>
    /// <param name="onBatch">Gets the rows, in the server's order. May block: reading waits for it.</param>
    /// <param name="observer">Hears of requests and waits.</param>
    /// <param name="cancel">Ends the call.</param>
    Task ListAsync(string? status, Action<IReadOnlyList<Instance>> onBatch, ICallObserver observer, CancellationToken cancel);

    /// <summary>Looks at the fleet for completion's sake: the first page of the list, in one request or, when the rate limit would have it wait, in none. The observer of the client receives what comes.</summary>
    Task PeekAsync(ICallObserver observer, CancellationToken cancel);

    /// <summary>Returns the server's clock minus this connection's, by the Date header of the newest answer; null before one was seen.</summary>
    TimeSpan? ClockSkew { get; }

    /// <summary>Reads one instance.</summary>
    Task<Instance> GetAsync(string id, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads one instance right before an act on it, and starts the act's window when the request is sent.</summary>
    Task<Instance> GetAsync(string id, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Stops an instance and answers it as it now is. One that is stopped already is a success.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="known">The instance as last seen, where there is one: it tells what a whole answer looks like.</param>
    /// <param name="observer">Hears of requests and waits.</param>
    /// <param name="cancel">Ends the call.</param>
    Task<Instance> StopAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel);

    /// <summary>Stops an instance within a window: sends the request at most once, and not after the window. RateLimited means that nothing was done.</summary>
    Task<Instance> StopAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Starts a stopped instance and answers it as it now is. One that runs already is a success.</summary>
    Task<Instance> StartAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel);

    /// <summary>Terminates an instance, its disk too, and answers its last known form.</summary>
    Task<Instance> RemoveAsync(string id, Instance? known, ICallObserver observer, CancellationToken cancel);

    /// <summary>Terminates an instance within a window: sends the request at most once, and not after the window. RateLimited means that nothing was done.</summary>
    Task<Instance> RemoveAsync(string id, Instance? known, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads an instance's metrics.</summary>
    Task<InstanceMetrics> GetMetricsAsync(string id, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads an instance's metrics right before an act on it, and starts the act's window when the request is sent.</summary>
    Task<InstanceMetrics> GetMetricsAsync(string id, ActWindow window, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads the balance. The cost of the running instances is not part of it.</summary>
    Task<AccountBalance> GetBalanceAsync(ICallObserver observer, CancellationToken cancel);

    /// <summary>Waits until instances are where they should be: one list a look for all of them.</summary>
    /// <param name="items">Which, each once.</param>
    /// <param name="options">What for, and how long.</param>
    /// <param name="onReached">Gets each instance as it gets there; for one that is gone, the last known.</param>
    /// <param name="onFailed">Gets the id of each that cannot get there (TerminalState) or did not in time (WaitTimeout), and the error.</param>
    /// <param name="observer">Hears of requests and waits.</param>
    /// <param name="cancel">Ends the call.</param>
    Task WaitAsync(IReadOnlyList<WaitItem> items, WaitOptions options, Action<Instance> onReached, Action<string, PulseRunException> onFailed, ICallObserver observer, CancellationToken cancel);
}
