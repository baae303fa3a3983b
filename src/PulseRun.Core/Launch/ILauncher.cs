using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun.Core.Launch;

/// <summary>Launches that happen exactly once, for one command.</summary>
internal interface ILauncher : IDisposable
{
    /// <summary>Writes the intent down, sends it once, and finds out what became of it.</summary>
    /// <param name="ticket">What to launch. It has the instance's id as soon as that is known, however the call ends.</param>
    /// <param name="observer">Receives notices of requests and waits.</param>
    /// <param name="cancel">Ends the call. What was sent stays in the journal as open.</param>
    /// <exception cref="PulseRunException">JournalUnavailable: nothing was sent. LaunchOutcomeUnknown: it may be there. CostLimitExceeded: it was not launched, or terminated at once. Any other: it was not launched.</exception>
    Task<Instance> LaunchAsync(LaunchTicket ticket, ICallObserver observer, CancellationToken cancel);

    /// <summary>Finds out what became of launches whose outcome is open, or looks once more at some that were not listed; one list a look for all of them.</summary>
    /// <param name="records">As the journal has them.</param>
    /// <param name="observer">Receives notices of requests and waits.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>One result for each, in the same order.</returns>
    /// <exception cref="PulseRunException">JournalUnavailable: they stay open.</exception>
    Task<IReadOnlyList<PulseRun.Launch>> ResolveAsync(IReadOnlyList<LaunchRecord> records, ICallObserver observer, CancellationToken cancel);

    /// <summary>Returns what an earlier command left: launches that are open and not at work on, that were launched and never told, or that are to be looked at once more.</summary>
    /// <exception cref="StoreUnavailableException">The journal cannot be read.</exception>
    LaunchesLeft Left();

    /// <summary>Writes down that these outcomes were written to the pipeline.</summary>
    void Told(IReadOnlyCollection<Guid> intentIds);

    /// <summary>Gives up what the command has not written to the pipeline: the next Resolve-PRLaunch or New-PRInstance names it.</summary>
    void Leave(IReadOnlyCollection<LaunchTicket> tickets);
}
