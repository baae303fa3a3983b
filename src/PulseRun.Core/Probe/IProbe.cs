using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun.Core.Probe;

/// <summary>Asks an instance, without a request to the API, whether it is idle.</summary>
internal interface IProbe
{
    /// <summary>Returns the answer. A failure is an answer too (<see cref="IdleReason.ProbeFailed"/>); only a cancellation throws.</summary>
    Task<ProbeResult> AskAsync(Instance instance, ICallObserver observer, CancellationToken cancel);
}
