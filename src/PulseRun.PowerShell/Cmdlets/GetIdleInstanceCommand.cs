using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Finds instances that are proven idle. Lists, reads each running one, and judges by all readings this machine has: 1 + running requests.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.IdleInstance, DefaultParameterSetName = ParameterSets.ByFleet)]
[OutputType(typeof(IdleVerdict))]
public sealed partial class GetIdleInstanceCommand : ConnectedCmdlet
{
    [ParameterGroup]
    private readonly IdleRuleParameters _idleRule = new();

    [ParameterGroup]
    private readonly ThrottleParameters _throttle = new();

    private readonly List<(Context Context, Instance Instance)> _piped = [];
    private readonly Dictionary<Context, HashSet<string>> _named = [];
    private readonly HashSet<(Context, string)> _seen = [];
    private bool _everything;

    /// <summary>Only these instances, as other cmdlets of this module return them.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, ValueFromPipeline = true)]
    public InstanceReference[] InputObject { get; set; } = [];

    /// <summary>Only these ids. No wildcards.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [AllowEmptyString]
    [AllowNull]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string?[]? Id { get; set; }

    /// <summary>How long an instance must have been idle, up to now (1 second to 365 days, default 00:30:00). Run the cmdlet about once a minute.</summary>
    [Parameter(Position = 0)]
    public TimeSpan For { get; set; } = new IdleRule().For;

    /// <summary>Takes no readings. The verdicts rest on the readings that are recorded on this machine.</summary>
    [Parameter]
    public SwitchParameter NoSample { get; set; }

    /// <summary>How many requests the list and the readings may take (2 or more). Default: three quarters of the connection's limit, or of 60, so that your next command need not wait. Least recently read instances are read first.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? RequestBudget { get; set; }

    /// <summary>Returns the instances that are Active or Unknown too, each with its reason.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        switch (ParameterSetName)
        {
            case ParameterSets.ByObject:
                foreach (InstanceReference item in InputObject)
                    Runner.TryItem(item, () => Add(item));
                break;
            case ParameterSets.ById:
                foreach (string? id in Id ?? [null])
                    Runner.TryItem(id, () => Name(CurrentContext(), id));
                break;
            default:
                _everything = true;
                break;
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        IdleRule rule = _idleRule.RuleFor(For, nameof(For));
        IEnumerable<Context> contexts = _everything ? [CurrentContext()] : _piped.Select(static one => one.Context).Concat(_named.Keys).Distinct().ToList();
        foreach (Context context in contexts)
            Runner.RunToEnd(cancel => SweepAsync(context, rule, cancel), context.BaseUri);
    }

    private async Task SweepAsync(Context context, IdleRule rule, CancellationToken cancel)
    {
        var sweep = new IdleSampler(this, context, rule, ThrottleLimit);
        List<Instance> instances = _piped.Where(one => one.Context == context).Select(static one => one.Instance).ToList();
        HashSet<string>? named = _named.TryGetValue(context, out HashSet<string>? ids) ? ids : null;
        if (_everything || named is not null)
        {
            IReadOnlyList<Instance> fleet = await sweep.ListAsync(cancel).ConfigureAwait(false);
            instances.AddRange(fleet.Where(one => named is null || named.Remove(one.Id)));
            foreach (string missing in named ?? [])
                Runner.PostError(new PulseRunException(ErrorIds.InstanceNotFound, "There is no instance " + missing + "."), missing);
        }
        HashSet<string> unread = NoSample
            ? []
            : await sweep.ReadAsync(Asked(context, instances.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Running)).ToList()), TimeSpan.Zero, null, cancel).ConfigureAwait(false);
        Runner.PostRows(sweep.Judge(instances, unread).Where(verdict => All || verdict.Verdict == Verdict.Idle).ToList());
    }

    /// <summary>Returns the instances to read now; the others are judged by the recorded readings.</summary>
    private IReadOnlyList<Instance> Asked(Context context, List<Instance> running)
    {
        int budget = (RequestBudget ?? RequestReserve.Leave(context.RequestsPerMinute)) - 1;
        if (running.Count <= budget)
            return running;
        IReadOnlyDictionary<string, DateTimeOffset> lastRead = new Dictionary<string, DateTimeOffset>();
        Store.TryUse(store => lastRead = store.History.LastRead(context.Account));
        Runner.Observer.Verbose(running.Count - budget + " running instances are not read this time: the budget is " + budget + " readings.");
        return SamplingOrder.First(running, lastRead, budget);
    }

    private void Add(InstanceReference item)
    {
        Context context = ContextFor(item);
        if (item.Known is not { } known)
            Name(context, item.Id);
        else if (_seen.Add((context, known.Id)))
            _piped.Add((context, known));
    }

    private void Name(Context context, string? id)
    {
        PulseRun.Core.Text.InstanceIds.Check(id);
        if (!_named.TryGetValue(context, out HashSet<string>? ids))
            _named.Add(context, ids = new HashSet<string>(StringComparer.Ordinal));
        ids.Add(id!);
    }
}
