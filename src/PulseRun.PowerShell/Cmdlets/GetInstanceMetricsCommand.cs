using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Reads the load of instances: GPU, memory, disk, uptime. One request an instance.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Metrics, DefaultParameterSetName = ParameterSets.ByObject)]
[OutputType(typeof(InstanceMetrics))]
public sealed class GetInstanceMetricsCommand : InstanceVerbCommand
{
    internal override async Task<object?> ActAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel) =>
        await target.Context.Client.GetMetricsAsync(target.Id, observer, cancel).ConfigureAwait(false);
}
