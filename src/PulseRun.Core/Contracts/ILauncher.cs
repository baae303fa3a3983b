using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.Contracts;

/// <summary>Launches that happen exactly once (design.md section 4), for one command.</summary>
internal interface ILauncher
{
    /// <summary>Writes the intent down, sends it once, and finds out what became of it.</summary>
    /// <param name="request">What to launch.</param>
    /// <param name="maxHourlyCost">The most it may cost in dollars per hour; null for no lid.</param>
    /// <param name="observer">Hears of requests and waits.</param>
    /// <param name="cancel">Ends the call. What was sent stays in the journal as open.</param>
    /// <exception cref="PulseRunException">JournalUnavailable: nothing was sent. LaunchOutcomeUnknown: it may be there. CostLimitExceeded: it was not launched, or terminated at once. Any other: it was not launched.</exception>
    Task<Instance> LaunchAsync(LaunchRequest request, decimal? maxHourlyCost, ICallObserver observer, CancellationToken cancel);

    /// <summary>Finds out what became of launches whose outcome is open; one list a look for all of them.</summary>
    /// <param name="open">As the journal has them.</param>
    /// <param name="observer">Hears of requests and waits.</param>
    /// <param name="cancel">Ends the call.</param>
    /// <returns>One result for each, in the same order.</returns>
    /// <exception cref="PulseRunException">JournalUnavailable: they stay open.</exception>
    Task<IReadOnlyList<Launch>> ResolveAsync(IReadOnlyList<LaunchRecord> open, ICallObserver observer, CancellationToken cancel);
}
