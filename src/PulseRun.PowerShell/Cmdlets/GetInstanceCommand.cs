using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.PowerShell.Completion;
using PulseRun.Rules;
using PulseRun.Seen;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Lists instances. One request, whatever the filters; ids that the list lacks cost one more each.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Instance, DefaultParameterSetName = ParameterSets.ById)]
[OutputType(typeof(Instance))]
public sealed class GetInstanceCommand : PulseRunConnectedCmdlet
{
    private readonly List<WantedInstance> _wanted = [];
    private readonly HashSet<(Context, string)> _seen = [];
    private bool _everything;

    /// <summary>Only these ids, in this order. Wildcards are allowed: what they match comes first, and one that matches nothing is no error.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [AllowEmptyString]
    [AllowNull]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string?[]? Id { get; set; }

    /// <summary>Instances to read again, each with the connection it came from.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public InstanceReference[] InputObject { get; set; } = [];

    /// <summary>Only these states, for example running, stopped. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StatusCompleter))]
    public string[]? Status { get; set; }

    /// <summary>Only these GPU types, for example h100_80gb. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(GpuCompleter))]
    public string[]? Gpu { get; set; }

    /// <summary>Only these regions as instances name them, for example us-east. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RegionCompleter))]
    public string[]? Region { get; set; }

    /// <summary>Only these providers, for example vast_ai. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProviderCompleter))]
    public string[]? Provider { get; set; }

    /// <summary>Only these templates, for example pytorch. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TemplateCompleter))]
    public string[]? Template { get; set; }

    /// <summary>Only spot instances; -Spot:$false for only the others.</summary>
    [Parameter]
    public SwitchParameter Spot { get; set; }

    /// <summary>How many single ids are read at once (1 to 256, default 16).</summary>
    [Parameter]
    [ValidateRange(1, 256)]
    public int ThrottleLimit { get; set; } = 16;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        if (ParameterSetName == ParameterSets.ByObject)
        {
            foreach (InstanceReference item in InputObject)
                Take(item, () => Want(item.Id, item, () => ContextFor(item), mayBePattern: false));
        }
        else if (!MyInvocation.BoundParameters.ContainsKey(nameof(Id)))
        {
            // Not reached for an empty pipeline, as this method is not called then: nothing was asked for, least of all everything.
            _everything = true;
        }
        else
        {
            // -Id $null is a variable that should have held an id, and never means everything.
            foreach (string? id in Id ?? [null])
                Take(id, () => Want(id, id, CurrentContext, mayBePattern: true));
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        InstanceFilter filter = new InstanceFilter()
            .With(static instance => instance.Status, Status)
            .WithKind(Gpu, Region, Provider, Template)
            .WithSpot(MyInvocation.BoundParameters.ContainsKey(nameof(Spot)) ? Spot.IsPresent : null);

        if (_everything)
            List(CurrentContext(), filter);
        foreach (IGrouping<Context, WantedInstance> group in _wanted.GroupBy(static wanted => wanted.Context))
            Find(group.Key, [.. group], filter);
    }

    // What a user types may be a pattern; the id of an object is the server's word, and means one instance.
    private void Want(string? id, object? source, Func<Context> context, bool mayBePattern)
    {
        bool pattern = mayBePattern && id is not null && WildcardPattern.ContainsWildcardCharacters(id);
        if (!pattern)
            InstanceIds.Check(id);
        var wanted = new WantedInstance(id!, pattern, source, context());
        if (_seen.Add((wanted.Context, wanted.Id)))
            _wanted.Add(wanted);
    }

    private void List(Context context, InstanceFilter filter)
    {
        string? asked = Status is { Length: 1 } && Status[0] is { } only && !WildcardPattern.ContainsWildcardCharacters(only) ? only : null;
        int passed = 0;
        bool isWhole = false;
        RunToEnd(
            async cancel =>
            {
                await context.Client.ListAsync(asked, Pass, Observer, cancel).ConfigureAwait(false);
                isWhole = true;
            },
            context.BaseUri);
        if (passed == 0 && isWhole)
            AdviseOn(context);

        void Pass(IReadOnlyList<Instance> rows)
        {
            IReadOnlyList<Instance> passing = filter.Apply(rows);
            passed += passing.Count;
            PostRows(passing);
        }
    }

    /// <summary>A filter that fits nothing may be a typo, and then nothing is the wrong answer.</summary>
    private void AdviseOn(Context context)
    {
        foreach ((SeenField field, string[]? given) in new[] { (SeenField.Status, Status), (SeenField.Gpu, Gpu), (SeenField.Region, Region), (SeenField.Provider, Provider), (SeenField.Template, Template) })
        {
            IEnumerable<string> plain = (given ?? []).Where(static one => !string.IsNullOrEmpty(one) && !WildcardPattern.ContainsWildcardCharacters(one));
            foreach (string warning in FilterAdvice.For(field, plain, context.Seen.Values(field), KnownNames.Of(field)))
                WriteWarning(warning);
        }
    }

    private void Find(Context context, List<WantedInstance> wanted, InstanceFilter filter)
    {
        var found = new Dictionary<string, Instance>(StringComparer.Ordinal);
        // One id is one GET; more are one list, which is cheaper than a GET each.
        if (wanted.Count > 1 || wanted[0].IsPattern)
            RunToEnd(cancel => SearchAsync(context, wanted, found, filter, cancel), context.BaseUri);

        foreach (WantedInstance one in wanted.Where(static one => !one.IsPattern))
        {
            Queue(one.Id, one.Source, ThrottleLimit, async (observer, cancel) =>
            {
                Instance instance = found.TryGetValue(one.Id, out Instance? listed)
                    ? listed
                    : await context.Client.GetAsync(one.Id, observer, cancel).ConfigureAwait(false);
                return filter.Passes(instance) ? instance : null;
            });
        }
    }

    private async Task SearchAsync(Context context, List<WantedInstance> wanted, Dictionary<string, Instance> found, InstanceFilter filter, CancellationToken cancel)
    {
        var ids = new HashSet<string>(wanted.Where(static one => !one.IsPattern).Select(static one => one.Id), StringComparer.Ordinal);
        WildcardPattern[] patterns = wanted.Where(static one => one.IsPattern)
            .Select(static one => new WildcardPattern(one.Id, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant)).ToArray();
        try
        {
            await context.Client.ListAsync(null, Take, Observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException cut) when (cut.ErrorId == ErrorIds.IncompleteList && patterns.Length == 0)
        {
            // What a cut list lacks is read by id: nothing is missing in the end.
        }

        void Take(IReadOnlyList<Instance> rows)
        {
            foreach (Instance row in rows.Where(row => ids.Contains(row.Id)))
                found[row.Id] = row;
            List<Instance> matching = rows.Where(row => !ids.Contains(row.Id) && Array.Exists(patterns, pattern => pattern.IsMatch(row.Id))).ToList();
            if (matching.Count > 0)
                PostRows(filter.Apply(matching));
        }
    }
}
