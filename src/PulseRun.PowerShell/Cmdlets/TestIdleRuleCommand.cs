using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.Core.Replay;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Replays recorded readings, and returns for each idle rule what it would have stopped, and what that would have saved or hurt. Sends no request.</summary>
[Cmdlet(VerbsDiagnostic.Test, Nouns.IdleRule, DefaultParameterSetName = ParameterSets.ByHistory)]
[OutputType(typeof(IdleRuleResult))]
public sealed class TestIdleRuleCommand : ConnectedCmdlet
{
    /// <summary>A CSV file with readings, as Get-PRInstanceMetrics -History | Export-Csv writes it: the columns Id, SampledAt and GpuUtilization, and optionally MemoryUsage, Uptime, Gpus and CostPerHour.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByPath, Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Replays the readings that are recorded on this machine (for 14 days).</summary>
    [Parameter(ParameterSetName = ParameterSets.ByHistory, Mandatory = true)]
    public SwitchParameter History { get; set; }

    private readonly List<string> _ids = [];

    /// <summary>Only these instances, also from the pipeline. Wildcards are allowed. Default: all.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Id { get; set; }

    /// <summary>The time of the earliest reading. Default: all readings.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>The time for which an instance must have been idle (1 second to 365 days, default 00:30:00). Each value is a rule, combined with each value of -GpuBelow.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public TimeSpan[] For { get; set; } = [new IdleRule().For];

    /// <summary>The GPU utilisation, in percent, at or above which a GPU is busy (above 0, up to 100, default 5). Each value is a rule, combined with each value of -For.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public double[] GpuBelow { get; set; } = [new IdleRule().GpuBelow];

    /// <summary>Several rules: hash tables or objects with For, GpuBelow, MinSamples, MaxGap, IgnoreMemory and UnitScale. What one does not give has its default. Not together with -For or -GpuBelow.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public object[]? Rule { get; set; }

    /// <summary>The number of slots of the window that must have a reading (1 or more, default 20). Auto cannot be replayed.</summary>
    [Parameter]
    public SampleRequirement MinSamples { get; set; } = new IdleRule().MinSamples;

    /// <summary>The longest time between two readings. Default: a sixth of the window.</summary>
    [Parameter]
    public TimeSpan? MaxGap { get; set; }

    /// <summary>Ignores GPU memory.</summary>
    [Parameter]
    public SwitchParameter IgnoreMemory { get; set; }

    /// <summary>The scale of the utilization: Percent or Fraction. Default: not known.</summary>
    [Parameter]
    public UnitScale? UnitScale { get; set; }

    /// <summary>The price, in dollars per hour, of instances whose price is not recorded. Default: unknown, and then Saved is empty.</summary>
    [Parameter]
    [ValidateRange(0.0, 1_000_000.0)]
    [Amount]
    public decimal? CostPerHour { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord() => _ids.AddRange(Id ?? []);

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (MinSamples.IsAuto)
            throw new PulseRunException(ErrorIds.InvalidRequest, "MinSamples: Auto cannot be replayed. Give a number.") { Field = nameof(MinSamples) };
        var basis = new IdleRule { MinSamples = MinSamples.Count, MaxGap = MaxGap, IgnoreMemory = IgnoreMemory, UnitScale = UnitScale };
        bool hasArrays = MyInvocation.BoundParameters.ContainsKey(nameof(For)) || MyInvocation.BoundParameters.ContainsKey(nameof(GpuBelow));
        if (Rule is not null && hasArrays)
            throw new PulseRunException(ErrorIds.InvalidRequest, "Rule: give the rules as -Rule, or as -For and -GpuBelow, not both.") { Field = nameof(Rule) };
        IReadOnlyList<IdleRule> rules = Rule is { } given ? RuleInput.Rules(given, basis) : For.SelectMany(window => GpuBelow.Select(below => basis with { For = window, GpuBelow = below })).ToList();
        foreach (IdleRule rule in rules)
        {
            if (rule.Check() is { } wrong)
                throw wrong;
        }
        DateTimeOffset since = Since ?? DateTimeOffset.MinValue;
        // An empty pipeline names no instance, which is not the same as no -Id.
        var reader = new SeriesReader(_ids.Count > 0 || MyInvocation.ExpectingInput ? _ids.ToArray() : null, CostPerHour);
        IReadOnlyList<RecordedSeries> fleet = ParameterSetName == ParameterSets.ByPath
            ? reader.FromFile(SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path), since)
            : reader.FromHistory(Store, CurrentContext(), since);
        foreach (IdleRule rule in rules)
            WriteObject(RuleReplay.Run(fleet, rule));
    }
}
