using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Probe;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Running;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Asks a script block of the user, which returns Active, Idle or Unknown.</summary>
internal sealed class ScriptProbe(PipelineScript script) : IProbe
{
    public async Task<ProbeResult> AskAsync(Instance instance, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            IReadOnlyList<object?> output = await script.InvokeAsync(instance, cancel).ConfigureAwait(false);
            return output.Count == 1 && output[0] is string or Verdict ? ProbeResult.OfText(output[0]!.ToString()) : ProbeResult.Failed("The script of -Probe returned " + output.Count + " objects; it must return one text.");
        }
        catch (RuntimeException error)
        {
            return ProbeResult.Failed("The script of -Probe failed. " + CleanText.Clean(error.Message, 200));
        }
    }
}
