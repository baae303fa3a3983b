using System;
using System.Collections.Generic;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Contracts;
using PulseRun.PowerShell.Cleanup;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Reads the load of instances: GPU, memory, disk, uptime. One request an instance. With -History, what was read before; no request.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Metrics, DefaultParameterSetName = ParameterSets.ByHistory)]
[OutputType(typeof(InstanceMetrics))]
public sealed class GetInstanceMetricsCommand : InstanceVerbCommand
{
    private readonly Dictionary<Context, SampleBuffer> _buffers = [];

    /// <summary>Puts out the readings recorded on this machine instead of taking new ones; of all instances when none is named.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByHistory, Mandatory = true)]
    [Parameter(ParameterSetName = ParameterSets.ByObject)]
    [Parameter(ParameterSetName = ParameterSets.ById)]
    public SwitchParameter History { get; set; }

    /// <summary>With -History: the earliest time. Default: all that is kept (14 days).</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.ByHistory)
            WriteHistory(CurrentContext(), null);
        else
            base.OnRecord();
    }

    internal override void Accept(InstanceTarget target)
    {
        if (History)
        {
            WriteHistory(target.Context, target.Id);
            return;
        }
        // Made here, on one thread, as the workers below only look it up.
        if (!_buffers.ContainsKey(target.Context))
            _buffers.Add(target.Context, new SampleBuffer(batch => Remember(store => store.History.RecordSamples(target.Context.Account, batch, target.Context.UtcNow))));
        base.Accept(target);
    }

    internal override async Task<object?> ActAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel)
    {
        SampleBuffer buffer = _buffers[target.Context];
        InstanceMetrics reading = await target.Context.Client.GetMetricsAsync(target.Id, observer, cancel).ConfigureAwait(false);
        buffer.Add(reading);
        return reading;
    }

    /// <inheritdoc/>
    protected override void OnFlushed()
    {
        foreach (SampleBuffer buffer in _buffers.Values)
            buffer.Flush();
    }

    private void WriteHistory(Context context, string? id) => Remember(store =>
    {
        foreach (InstanceMetrics reading in store.History.Samples(context.Account, id, Since ?? DateTimeOffset.MinValue))
            WriteObject(WithOrigin(reading, context));
    });

    /// <summary>A recorded reading is acted on with the connection it was asked of, like one just taken.</summary>
    private static InstanceMetrics WithOrigin(InstanceMetrics reading, Context context) => new()
    {
        Id = reading.Id,
        SampledAt = reading.SampledAt,
        GpuUtilization = reading.GpuUtilization,
        MemoryUsage = reading.MemoryUsage,
        DiskUsage = reading.DiskUsage,
        Uptime = reading.Uptime,
        Gpus = reading.Gpus,
        Origin = context,
    };
}
