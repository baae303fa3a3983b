using System;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that a scheduled cleanup passes on to the script that it runs.</summary>
internal sealed class CleanupTaskParameters
{
    /// <summary>Three quarters of what a key gets: the rest of a minute's requests is for people.</summary>
    private const int UsualBudget = 45;

    /// <summary>The time for which an instance must have been idle to be stopped (default and recommended 00:30:00).</summary>
    [Parameter(Position = 0)]
    public TimeSpan IdleFor { get; set; } = new IdleRule().For;

    /// <summary>The number of readings that the proof takes (1 or more, default 20), or Auto for more readings of an instance that works rarely.</summary>
    [Parameter]
    public SampleRequirement MinSamples { get; set; } = new IdleRule().MinSamples;

    /// <summary>Does not mind held GPU memory.</summary>
    [Parameter]
    public SwitchParameter IgnoreMemory { get; set; }

    /// <summary>The number of requests that a run may send for the list and the readings (2 or more, default 45). The rest of the key's limit is for people.</summary>
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

    /// <summary>Asks each instance by ssh before it is stopped: the value must be Ssh, because a task cannot run a script block of this session. See the parameter of the same name of Invoke-PRCleanup. Default: no probe.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(ProbeCompleter))]
    public object? Probe { get; set; }

    /// <summary>The private key file for ssh. Default: that of the profile, else the default files of ssh.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? IdentityFile { get; set; }

    /// <summary>Registers a task that only reports what it would stop. Do this for a while first.</summary>
    [Parameter]
    public SwitchParameter ReportOnly { get; set; }

    /// <summary>Returns the arguments of the script. None of them is a secret, because other users of the machine can see them.</summary>
    /// <param name="session">Resolves paths.</param>
    /// <param name="scheduler">The scheduler that starts the script.</param>
    /// <param name="limits">The limits of the acts.</param>
    /// <param name="ladder">The steps before a stop.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a parameter is invalid, or a warning has no receiver.</exception>
    public IReadOnlyList<string> ToArguments(SessionState session, CleanupScheduler scheduler, ActLimitParameters limits, LadderParameters ladder)
    {
        ladder.RuleFor(IdleFor);
        if (MinSamples.Count < 1)
            throw Refuse("MinSamples", "at least 1 reading is required");
        if (ladder.AddressInFile(session) is null && ladder.WarnAfter is not null)
            throw Refuse("WarnAfter", "a task needs -NotifyUriFile for its warnings, because it does not have the environment of this session");
        if (ladder.BeforeStop is { } hook && hook.TrimStart()[0] == '-')
            throw Refuse("BeforeStop", "the command must not begin with a hyphen");
        if (Probe is not null && !string.Equals(Probe.ToString(), "Ssh", StringComparison.OrdinalIgnoreCase))
            throw Refuse("Probe", "the value must be Ssh, because a task cannot run a script block of this session");
        List<string> arguments = ["-IdleFor", Text(IdleFor), "-MaxActions", Text(limits.MaxActions), "-RequestBudget", Text(RequestBudget ?? UsualBudget), "-MinSamples", MinSamples.ToString()];
        if (limits.MaxActionPercent is { } percent)
            arguments.AddRange(["-MaxActionPercent", percent.ToString("R", CultureInfo.InvariantCulture)]);
        if (limits.RemoveStoppedAfter is { } after)
            arguments.AddRange(["-RemoveStoppedAfter", Text(after)]);
        if (limits.Exclude is { Length: > 0 } ids)
            arguments.AddRange(["-Exclude", string.Join(",", ids)]);
        AddLadder(arguments, session, ladder);
        if (IgnoreMemory)
            arguments.Add("-IgnoreMemory");
        if (AuditPath is not null)
            arguments.AddRange(["-AuditPath", session.Path.GetUnresolvedProviderPathFromPSPath(AuditPath)]);
        if (Profile is not null)
            arguments.AddRange(["-ProfileName", Profile]);
        arguments.AddRange(Stores.TaskArguments());
        if (ReportOnly)
            arguments.Add("-WhatIf");
        // The journal of systemd keeps the line that each run writes, but cron would mail it.
        if (scheduler == CleanupScheduler.Cron)
            arguments.Add("-Quiet");
        return arguments;
    }

    private void AddLadder(List<string> arguments, SessionState session, LadderParameters ladder)
    {
        if (ladder.WarnAfter is { } warnAfter)
            arguments.AddRange(["-WarnAfter", Text(warnAfter)]);
        if (ladder.NotifyUriFile is { } file)
            arguments.AddRange(["-NotifyUriFile", session.Path.GetUnresolvedProviderPathFromPSPath(file), "-NotifyFormat", ladder.NotifyFormat.ToString()]);
        if (ladder.BeforeStop is { } hook)
            arguments.AddRange(["-BeforeStop", hook, "-BeforeStopTimeoutSec", Text(ladder.BeforeStopTimeoutSec), "-OnHookFailure", ladder.OnHookFailure.ToString()]);
        if (Probe is not null)
            arguments.AddRange(["-Probe", "Ssh"]);
        if (IdentityFile is not null)
            arguments.AddRange(["-IdentityFile", session.Path.GetUnresolvedProviderPathFromPSPath(IdentityFile)]);
    }

    private static PulseRunException Refuse(string field, string why) => new(ErrorIds.InvalidRequest, field + ": " + why + ". Nothing was registered.") { Field = field };

    private static string Text(TimeSpan time) => time.ToString("c", CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
