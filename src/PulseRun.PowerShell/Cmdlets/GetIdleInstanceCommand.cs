using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Idle;
using PulseRun.PowerShell.Cleanup;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Finds instances that are proven idle. Lists, reads each running one, and judges by all readings this machine has: 1 + running requests.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.IdleInstance, DefaultParameterSetName = ParameterSets.ByFleet)]
[OutputType(typeof(IdleVerdict))]
public sealed class GetIdleInstanceCommand : PulseRunConnectedCmdlet
{
    private readonly List<(Context Context, Instance Instance)> _piped = [];
    private readonly Dictionary<Context, HashSet<string>> _named = [];
    private bool _everything;

    /// <summary>Only these instances, as other cmdlets of this module put them out.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public InstanceReference[] InputObject { get; set; } = [];

    /// <summary>Only these ids. No wildcards.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [AllowEmptyString]
    [AllowNull]
    public string?[]? Id { get; set; }

    /// <summary>How long it must have been idle, up to now (1 second to 365 days; default and recommended 00:30:00, read every minute).</summary>
    [Parameter(Position = 0)]
    public TimeSpan For { get; set; } = new IdleRule().For;

    /// <summary>A GPU at or above this is busy, in percent (above 0 to 100, default 5).</summary>
    [Parameter]
    public double GpuBelow { get; set; } = new IdleRule().GpuBelow;

    /// <summary>How many readings the window must hold (default 20: a load that works 21 % of the time or more is then seen with 99 %).</summary>
    [Parameter]
    public int MinSamples { get; set; } = new IdleRule().MinSamples;

    /// <summary>How far any moment may be from the reading before it. Default: a sixth of -For.</summary>
    [Parameter]
    public TimeSpan? MaxGap { get; set; }

    /// <summary>Does not mind held GPU memory. Else an instance with 50 % or more of it in use is Unknown, not Idle.</summary>
    [Parameter]
    public SwitchParameter IgnoreMemory { get; set; }

    /// <summary>Asks for no metrics: judges by the readings this machine already has.</summary>
    [Parameter]
    public SwitchParameter NoSample { get; set; }

    /// <summary>Puts out the others too, with their reasons.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>How many instances are read at once (1 to 256, default 16).</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        switch (ParameterSetName)
        {
            case ParameterSets.ByObject:
                foreach (InstanceReference item in InputObject)
                    Take(item, () => Add(item));
                break;
            case ParameterSets.ById:
                foreach (string? id in Id ?? [null])
                    Take(id, () => Name(CurrentContext(), id));
                break;
            default:
                _everything = true;
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        IdleRule rule = Rule();
        if (rule.Check() is { } wrong)
            throw wrong;
        IEnumerable<Context> contexts = _everything ? [CurrentContext()] : _piped.Select(static one => one.Context).Concat(_named.Keys).Distinct().ToList();
        foreach (Context context in contexts)
            RunToEnd(cancel => SweepAsync(context, rule, cancel), context.BaseUri);
    }

    private IdleRule Rule() => new() { For = For, GpuBelow = GpuBelow, MinSamples = MinSamples, MaxGap = MaxGap, IgnoreMemory = IgnoreMemory };

    private async Task SweepAsync(Context context, IdleRule rule, CancellationToken cancel)
    {
        var sweep = new IdleSweep(this, context, rule, ThrottleLimit);
        List<Instance> instances = _piped.Where(one => one.Context == context).Select(static one => one.Instance).ToList();
        HashSet<string>? named = _named.TryGetValue(context, out HashSet<string>? ids) ? ids : null;
        if (_everything || named is not null)
        {
            IReadOnlyList<Instance> fleet = await sweep.ListAsync(cancel).ConfigureAwait(false);
            instances.AddRange(fleet.Where(one => named is null || named.Remove(one.Id)));
            foreach (string missing in named ?? [])
                PostError(new PulseRunException(ErrorIds.InstanceNotFound, "There is no instance " + missing + "."), missing);
        }
        HashSet<string> unread = NoSample
            ? []
            : await sweep.ReadAsync(instances.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Running)).ToList(), TimeSpan.Zero, cancel).ConfigureAwait(false);
        PostRows(sweep.Judge(instances, unread).Where(verdict => All || verdict.Verdict == Verdict.Idle).ToList());
    }

    private void Take(object? source, Action take)
    {
        try
        {
            take();
        }
        catch (PulseRunException error)
        {
            Report(error, source);
        }
    }

    private void Add(InstanceReference item)
    {
        Context context = ContextFor(item);
        if (item.Known is not { } known)
            Name(context, item.Id);
        else if (!_piped.Exists(one => one.Context == context && one.Instance.Id == known.Id))
            _piped.Add((context, known));
    }

    private void Name(Context context, string? id)
    {
        if (!Rules.InstanceIds.IsValid(id))
            throw Rules.InstanceIds.Refuse(id);
        if (!_named.TryGetValue(context, out HashSet<string>? ids))
            _named.Add(context, ids = new HashSet<string>(StringComparer.Ordinal));
        ids.Add(id!);
    }
}
