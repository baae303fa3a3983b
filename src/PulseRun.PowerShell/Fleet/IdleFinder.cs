using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Collects the instances that a command asks about, reads them, and writes the verdicts on them. Its methods are called on the pipeline thread.</summary>
internal sealed class IdleFinder(ConnectedCmdlet cmdlet)
{
    /// <summary>The accounts whose empty history was explained. Once is enough in a process: the command is run about once a minute.</summary>
    private static readonly ConcurrentDictionary<string, bool> s_explained = new(StringComparer.Ordinal);

    private readonly List<(Context Context, Instance Instance)> _piped = [];
    private readonly Dictionary<Context, HashSet<string>> _named = [];
    private readonly HashSet<(Context, string)> _seen = [];
    private Context? _fleet;

    /// <summary>Takes the whole fleet of a connection.</summary>
    public void AddFleet(Context context) => _fleet = context;

    /// <summary>Takes an instance from the pipeline; as it is, when it is known, so that no list is needed.</summary>
    public void Add(Context context, InstanceReference item)
    {
        if (item.Known is not { } known)
            Add(context, item.Id);
        else if (_seen.Add((context, known.Id)))
            _piped.Add((context, known));
    }

    /// <summary>Takes an id. The list shows whether there is such an instance.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: it is no id.</exception>
    public void Add(Context context, string? id)
    {
        InstanceIds.Check(id, cmdlet.MyInvocation.MyCommand.Name);
        if (!_named.TryGetValue(context, out HashSet<string>? ids))
            _named.Add(context, ids = new HashSet<string>(StringComparer.Ordinal));
        ids.Add(id!);
    }

    /// <summary>Reads and judges what was collected, one connection after another.</summary>
    /// <param name="options">The options for readings and output.</param>
    public void Run(IdleFinderOptions options)
    {
        IEnumerable<Context> contexts = _fleet is { } fleet ? [fleet] : _piped.Select(static one => one.Context).Concat(_named.Keys).Distinct().ToList();
        foreach (Context context in contexts)
        {
            Witness? witness = options.WitnessFor?.Invoke(context);
            SshReader? reader = options.ReaderFor?.Invoke(context);
            cmdlet.Runner.RunToEnd(cancel => RunAsync(context, options, witness, reader, cancel), context.BaseUri);
        }
    }

    private async Task RunAsync(Context context, IdleFinderOptions options, Witness? witness, SshReader? reader, CancellationToken cancel)
    {
        var sampler = new IdleSampler(cmdlet, context, options.Rule, options.Throttle, reader);
        List<Instance> instances = _piped.Where(one => one.Context == context).Select(static one => one.Instance).ToList();
        HashSet<string>? named = _named.TryGetValue(context, out HashSet<string>? ids) ? ids : null;
        if (_fleet is not null || named is not null)
        {
            IReadOnlyList<Instance> fleet = await sampler.ListAsync(cancel).ConfigureAwait(false);
            instances.AddRange(fleet.Where(one => named is null || named.Remove(one.Id)));
            foreach (string missing in named ?? [])
                cmdlet.Runner.PostError(new PulseRunException(ErrorIds.InstanceNotFound, "There is no instance " + missing + "."), missing);
        }
        HashSet<string> unread = [];
        if (options.TakesReadings)
        {
            List<Instance> running = instances.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Running)).ToList();
            unread = await sampler.ReadAsync(First(context, sampler, options, running), ReadingPlaces.AtOnce, null, cancel).ConfigureAwait(false);
        }
        IReadOnlyList<IdleVerdict> verdicts = sampler.Judge(instances, unread);
        if (witness is not null)
            verdicts = await witness.CheckAsync(verdicts, cmdlet.Runner.Observer, cancel).ConfigureAwait(false);
        if (WarmUp.Explain(verdicts, options.Rule, context.UtcNow, TimeZoneInfo.Local) is { } explanation && s_explained.TryAdd(context.Account, true))
            cmdlet.Runner.Observer.Warning(explanation);
        cmdlet.Runner.PostRows(verdicts.Where(verdict => options.WritesAll || verdict.Verdict == Verdict.Idle).ToList());
    }

    /// <summary>Returns the instances to read now; the others are judged by the recorded readings. A budget that suffices for all is spent on all, because a person asks about the present.</summary>
    private IReadOnlyList<Instance> First(Context context, IdleSampler sampler, IdleFinderOptions options, List<Instance> running)
    {
        int budget = (options.RequestBudget ?? RequestReserve.Leave(context.RequestsPerMinute)) - 1;
        if (running.Count <= budget)
            return running;
        cmdlet.Runner.Observer.Verbose(running.Count - budget + " running instances are not read this time: the budget is " + budget + " readings.");
        var chooser = new ReadingChooser(cmdlet, context, sampler, options.Rule);
        return chooser.Take(chooser.Order(running).Plan with { Budget = budget }, ReadingPlaces.AtOnce);
    }
}

/// <summary>Defines how a command looks for idle instances.</summary>
/// <param name="Rule">The rule by which an instance counts as idle.</param>
/// <param name="Throttle">The number of readings that are taken at once.</param>
internal sealed record IdleFinderOptions(IdleRule Rule, int Throttle)
{
    /// <summary>False to judge by the recorded readings alone.</summary>
    public required bool TakesReadings { get; init; }

    /// <summary>Gets the number of requests for the list and the readings; null for the share of the connection's limit that a command may use.</summary>
    public required int? RequestBudget { get; init; }

    /// <summary>Gets a function that returns the second witness for a connection; null without one.</summary>
    public Func<Context, Witness?>? WitnessFor { get; init; }

    /// <summary>Gets a function that returns what reads the instances of a connection of which the API has no metrics; null without one.</summary>
    public Func<Context, SshReader?>? ReaderFor { get; init; }

    /// <summary>True to write the verdicts on instances that are not idle, too.</summary>
    public required bool WritesAll { get; init; }
}
