using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the load of instances: GPU, memory, disk and uptime. Sends one request per instance, and one more for an id without metrics. With -History, returns recorded readings and sends no request.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Metrics, DefaultParameterSetName = ParameterSets.ByHistory)]
[OutputType(typeof(InstanceMetrics))]
public sealed partial class GetInstanceMetricsCommand : InstanceInput
{
    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    [ParameterGroup]
    private readonly SshParameters _ssh = new();

    private ReadingRecorder? _recorder;

    /// <summary>Returns the readings recorded on this machine instead of taking new ones. Returns those of all instances when no instance is named.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByHistory, Mandatory = true)]
    [Parameter(ParameterSetName = ParameterSets.ByObject)]
    [Parameter(ParameterSetName = ParameterSets.ById)]
    [Parameter(ParameterSetName = ParameterSets.ByName)]
    public SwitchParameter History { get; set; }

    /// <summary>With -History, the time of the earliest reading to return. Default: all recorded readings (they are kept for 14 days).</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>The source of the readings: Api (default), or Ssh, which logs in with a key and runs nvidia-smi. It costs no request for an instance that another cmdlet returned, at most 16 run at the same time, and the readings are recorded like the others.</summary>
    [Parameter]
    public MetricsSource Via { get; set; }

    /// <inheritdoc/>
    protected override void OnBegin()
    {
        _recorder = new ReadingRecorder(Store);
        if (Via == MetricsSource.Ssh && !History)
            _ssh.FindWithoutPrompt(SessionState);
    }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.ByHistory)
        {
            WriteHistory(CurrentContext(), id: null);
            return;
        }
        foreach (InstanceTarget target in Targets())
        {
            if (History)
            {
                WriteHistory(target.Context, target.Id);
                continue;
            }
            Runner.TryItem(target.Source, () => Queue(target));
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        Runner.FlushQueue();
        _recorder!.Flush();
    }

    /// <summary>Takes a reading. After a 404 for an id, one more request shows whether the instance or its metrics are missing; an object from a list shows that the instance exists.</summary>
    private static async Task<InstanceMetrics> ReadAsync(InstanceTarget target, ICallObserver observer, CancellationToken cancel)
    {
        try
        {
            return await target.Client.GetMetricsAsync(target.Id, observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException missing) when (missing.ErrorId == ErrorIds.InstanceNotFound)
        {
            Instance there = target.Known ?? await target.Client.GetAsync(target.Id, observer, cancel).ConfigureAwait(false);
            throw missing.Rephrase(ErrorIds.MetricsUnavailable, "Instance " + target.Id + " is " + (there.Status ?? "in an unknown state") + " and has no metrics: the server returned none (HTTP 404).");
        }
    }

    private void Queue(InstanceTarget target)
    {
        SshReader? reader = Via == MetricsSource.Ssh ? new SshReader(_ssh.ClientFor(target.Context), target.Context) : null;
        Runner.Queue(target.Id, target.Source, ThrottleLimit, async (observer, cancel) => _recorder!.Record(target.Context, reader is null
            ? await ReadAsync(target, observer, cancel).ConfigureAwait(false)
            : await reader.ReadMetricsAsync(target, observer, cancel).ConfigureAwait(false)));
    }

    private void WriteHistory(Context context, string? id) => Store.TryUse(store =>
    {
        foreach (InstanceMetrics reading in store.History.Readings(context.Account, id, Since ?? DateTimeOffset.MinValue))
            WriteObject(WithOrigin(reading, context));
    });

    /// <summary>Returns a copy of a recorded reading that names its connection, so that it can be piped to other cmdlets as a new reading can.</summary>
    private static InstanceMetrics WithOrigin(InstanceMetrics reading, Context context) => new()
    {
        Id = reading.Id,
        SampledAt = reading.SampledAt,
        GpuUtilization = reading.GpuUtilization,
        MemoryUsage = reading.MemoryUsage,
        DiskUsage = reading.DiskUsage,
        Uptime = reading.Uptime,
        Gpus = reading.Gpus,
        Source = reading.Source,
        Origin = context,
    };
}
