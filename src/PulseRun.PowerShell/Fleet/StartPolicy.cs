using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Policy;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Applies the policy of this machine to the starts of one command, because a start resumes the billing of a GPU that may not be allowed.</summary>
internal sealed class StartPolicy
{
    private readonly Policy? _policy = MachinePolicy.Read() is { } policy && PolicyRules.LimitsStarts(policy) ? policy : null;

    /// <summary>Throws when the policy does not allow the start. An instance of which only the id is known is read first, with one request.</summary>
    /// <exception cref="PulseRunException">PolicyViolation: the start is not allowed, and was not sent.</exception>
    public async Task CheckAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel)
    {
        if (_policy is null)
            return;
        Instance instance = IsKnown(target) ? target.Known! : await target.Client.GetAsync(target.Id, observer, cancel).ConfigureAwait(false);
        if (PolicyRules.Start(_policy, instance) is { } violation)
            throw violation;
    }

    /// <summary>Returns what the start violates, as far as the instance is known before anything is sent; null otherwise.</summary>
    public PulseRunException? Objection(InstanceTarget target) => _policy is not null && IsKnown(target) ? PolicyRules.Start(_policy, target.Known!) : null;

    private static bool IsKnown(InstanceTarget target) => target.Known is { Gpu: not null, Provider: not null };
}
