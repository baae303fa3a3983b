using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Idle;
using PulseRun.Core.Probe;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Asks an instance by ssh.</summary>
internal sealed class SshProbe(SshReader reader, Context context, IdleRule rule) : IProbe
{
    public async Task<ProbeResult> AskAsync(Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            ProbeOutput? output = await reader.ReadAsync(instance, observer, cancel).ConfigureAwait(false);
            return ProbeResult.Of(output, rule, output?.ToMetrics(instance.Id, context.UtcNow));
        }
        catch (PulseRunException error)
        {
            return ProbeResult.Failed(error.Message);
        }
    }
}
