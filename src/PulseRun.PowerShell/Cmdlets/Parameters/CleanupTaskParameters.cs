using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Management.Automation;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that a scheduled cleanup passes on to the script that it runs.</summary>
internal sealed class CleanupTaskParameters
{
    /// <summary>Three quarters of what a key gets: the rest of a minute's requests is for people.</summary>
    private const int UsualBudget = 45;

    /// <summary>How long an instance must have been idle to be stopped (default and recommended 00:30:00).</summary>
    [Parameter(Position = 0)]
    public TimeSpan IdleFor { get; set; } = new IdleRule().For;

    /// <summary>Also removes instances, disks too, that this machine has seen stopped for this long. Default: removes none. A task does not ask.</summary>
    [Parameter]
    public TimeSpan? RemoveStoppedAfter { get; set; }

    /// <summary>Leaves these ids alone. Wildcards are allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Exclude { get; set; }

    /// <summary>How many instances one run acts on (0 or more, default 10).</summary>
    [Parameter]
    [ValidateRange(0, int.MaxValue)]
    public int MaxActions { get; set; } = new CleanupRule().MaxActions;

    /// <summary>How many readings the proof takes (default 20).</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int MinSamples { get; set; } = new IdleRule().MinSamples;

    /// <summary>Does not mind held GPU memory.</summary>
    [Parameter]
    public SwitchParameter IgnoreMemory { get; set; }

    /// <summary>How many requests a run may send for the list and the readings (2 or more, default 45). The rest of the key's limit is for people.</summary>
    [Parameter]
    [ValidateRange(2, int.MaxValue)]
    public int? RequestBudget { get; set; }

    /// <summary>A file that gets a line of JSON for each decision.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? AuditPath { get; set; }

    /// <summary>The saved profile to use. Default: the default one. No key is written anywhere else.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ProfileCompleter))]
    public string? Profile { get; set; }

    /// <summary>Registers a task that only reports what it would stop. Do this for a while first.</summary>
    [Parameter]
    public SwitchParameter ReportOnly { get; set; }

    /// <summary>Returns the arguments of the script.</summary>
    /// <param name="session">Resolves paths.</param>
    /// <param name="scheduler">What starts the script.</param>
    public IReadOnlyList<string> ToArguments(SessionState session, CleanupScheduler scheduler)
    {
        List<string> arguments = ["-IdleFor", Text(IdleFor), "-MaxActions", Text(MaxActions), "-RequestBudget", Text(RequestBudget ?? UsualBudget), "-MinSamples", Text(MinSamples)];
        if (RemoveStoppedAfter is { } after)
            arguments.AddRange(["-RemoveStoppedAfter", Text(after)]);
        if (Exclude is { Length: > 0 })
            arguments.AddRange(["-Exclude", string.Join(",", Exclude)]);
        if (IgnoreMemory)
            arguments.Add("-IgnoreMemory");
        if (AuditPath is not null)
            arguments.AddRange(["-AuditPath", session.Path.GetUnresolvedProviderPathFromPSPath(AuditPath)]);
        if (Profile is not null)
            arguments.AddRange(["-ProfileName", Profile]);
        if (Environment.GetEnvironmentVariable(Stores.DataDirVariable) is { } data && !string.IsNullOrWhiteSpace(data))
            arguments.AddRange(["-DataDir", Path.GetFullPath(data)]);
        if (ReportOnly)
            arguments.Add("-WhatIf");
        // A journal may have a line for each run; cron would mail it.
        if (scheduler == CleanupScheduler.Cron)
            arguments.Add("-Quiet");
        return arguments;
    }

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
