using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun.Core.Launch;

/// <summary>Makes the launches of one command, each exactly once.</summary>
internal interface ILauncher : IDisposable
{
    /// <summary>Records the intent, sends it once, and determines the outcome.</summary>
    /// <param name="ticket">The launch. It receives the instance's id as soon as it is known, however the call ends.</param>
    /// <param name="observer">Receives notices of requests and waits.</param>
    /// <param name="cancel">Cancels the call. A launch that was sent stays open in the journal.</param>
    /// <exception cref="PulseRunException">JournalUnavailable: nothing was sent. LaunchOutcomeUnknown: an instance may exist. CostLimitExceeded: nothing was launched, or the instance was terminated immediately. Any other id: nothing was launched.</exception>
    Task<Instance> LaunchAsync(LaunchTicket ticket, ICallObserver observer, CancellationToken cancel);

    /// <summary>Removes an instance of a plan that was not ready in time, and returns when it is known to be terminated, so that <see cref="LaunchAsync"/> may be called again for the same ticket.</summary>
    /// <param name="ticket">The launch.</param>
    /// <param name="notReady">The instance.</param>
    /// <param name="why">The reason why it was not ready.</param>
    /// <param name="observer">Receives notices of requests and waits.</param>
    /// <exception cref="PulseRunException">The error of the instance: its removal was not confirmed, or the plan cannot go on.</exception>
    Task RemoveForNextAsync(LaunchTicket ticket, Instance notReady, PulseRunException why, ICallObserver observer);

    /// <summary>Determines the outcome of open launches, and looks once more for some that were not listed. Each look is one list for all of them.</summary>
    /// <param name="records">The launches as read from the journal.</param>
    /// <param name="observer">Receives notices of requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    /// <returns>One result for each launch, in the same order.</returns>
    /// <exception cref="PulseRunException">JournalUnavailable: the launches stay open.</exception>
    Task<IReadOnlyList<PulseRun.Launch>> ResolveAsync(IReadOnlyList<LaunchRecord> records, ICallObserver observer, CancellationToken cancel);

    /// <summary>Returns the launches that earlier commands left: open ones, ones that were launched but not reported, and ones that need a second look.</summary>
    /// <exception cref="StoreUnavailableException">The journal cannot be read.</exception>
    LaunchesLeft Left();

    /// <summary>Records that outcomes were written to the pipeline.</summary>
    void Told(IReadOnlyCollection<Guid> intentIds);

    /// <summary>Gives up the launches whose outcome the command has not written to the pipeline, so that the next Resolve-PRLaunch or New-PRInstance reports them.</summary>
    void Leave(IReadOnlyCollection<LaunchTicket> tickets);
}
