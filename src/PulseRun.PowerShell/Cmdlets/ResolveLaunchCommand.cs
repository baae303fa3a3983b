using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using PulseRun.Contracts;
using PulseRun.Launching;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;
using PulseRun.Rules;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Finds out what became of launches whose outcome is open, after a crash, Ctrl+C or an unclear answer; one list a look for all of them. Or closes one by hand.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, Nouns.Launch, DefaultParameterSetName = ParameterSets.ByList, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Launch))]
public sealed class ResolveLaunchCommand : ConnectedCmdlet
{
    private readonly List<LaunchRecord> _open = [];

    /// <summary>The launches, as LaunchOutcomeUnknown and this cmdlet name them. Default: all that are open on this connection.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByList, Position = 0, ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = ParameterSets.ByInstance, Mandatory = true, Position = 0)]
    [Parameter(ParameterSetName = ParameterSets.ByAbsence, Mandatory = true, Position = 0)]
    public Guid[]? IntentId { get; set; }

    /// <summary>The instance it became: you looked yourself.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByInstance, Mandatory = true)]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string InstanceId { get; set; } = "";

    /// <summary>It became none: you looked yourself.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByAbsence, Mandatory = true)]
    public SwitchParameter NotLaunched { get; set; }

    /// <summary>How long after a launch the list may still lack its instance, in seconds (0 to 3600, default 15).</summary>
    [Parameter(ParameterSetName = ParameterSets.ByList)]
    [ValidateRange(0, 3600)]
    public int SettleSec { get; set; } = (int)LaunchSchedule.DefaultSettle.TotalSeconds;

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        try
        {
            foreach (LaunchRecord record in Wanted(context))
            {
                if (!Prompt.Confirms(Describe(record), ParameterSetName switch
                    {
                        ParameterSets.ByInstance => "Close launch as instance " + InstanceId,
                        ParameterSets.ByAbsence => "Close launch as not launched",
                        _ => "Find out what became of the launch",
                    }))
                {
                    continue;
                }
                if (ParameterSetName == ParameterSets.ByList)
                    _open.Add(record);
                else
                    CloseByHand(context, record);
            }
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "The launch journal cannot be read. " + error.Message);
        }
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        if (_open.Count == 0)
            return;
        Context context = CurrentContext();
        ILauncher launcher = Libraries.CreateLauncher(context, Stores.Current.Launches, new LaunchTerms { Settle = TimeSpan.FromSeconds(SettleSec) });
        Runner.RunToEnd(async cancel => Runner.PostRows(await launcher.ResolveAsync(_open, Runner.Observer, cancel).ConfigureAwait(false)), context.BaseUri);
    }

    private IEnumerable<LaunchRecord> Wanted(Context context)
    {
        ILaunchJournal journal = Stores.Current.Launches;
        if (IntentId is null)
        {
            // Another process that lives finishes its own.
            foreach (LaunchRecord record in journal.Open(context.Account))
            {
                if (record.OwnerState != OwnerState.Alive)
                    yield return record;
                else
                    WriteVerbose("Launch " + record.IntentId + " is still under way in another command.");
            }
            yield break;
        }
        foreach (Guid id in IntentId.Distinct())
        {
            LaunchRecord? record = journal.Find(context.Account, id);
            if (record is null)
                Runner.Report(new PulseRunException(ErrorIds.InvalidRequest, "No launch " + id + " is in the journal of this connection.") { Field = nameof(IntentId) }, id);
            else if (record is { Outcome: null, OwnerState: OwnerState.Alive })
                Runner.Report(new PulseRunException(ErrorIds.Conflict, "Launch " + id + " is still under way in another command, which finds out itself."), id);
            else if (record.Outcome is not null && ParameterSetName == ParameterSets.ByList)
                WriteObject(Closed(context, record));
            else
                yield return record;
        }
    }

    private void CloseByHand(Context context, LaunchRecord record)
    {
        string? instanceId = NotLaunched ? null : InstanceId;
        if (instanceId is not null)
            InstanceIds.Check(instanceId);
        LaunchOutcome outcome = NotLaunched ? LaunchOutcome.NotLaunched : LaunchOutcome.Launched;
        ILaunchJournal journal = Stores.Current.Launches;
        if (journal.Close(record.IntentId, outcome, instanceId, "by hand", context.UtcNow))
        {
            WriteObject(Closed(context, journal.Find(context.Account, record.IntentId)!));
            return;
        }
        string why = instanceId is null ? "it is known to have launched." : "another launch has instance " + instanceId + ", or this one was launched as another.";
        Runner.Report(new PulseRunException(ErrorIds.Conflict, "Launch " + record.IntentId + " stays as it is: " + why), record.IntentId);
    }

    /// <summary>A launch whose outcome the journal knows.</summary>
    private static Launch Closed(Context context, LaunchRecord record) => new()
    {
        IntentId = record.IntentId,
        Outcome = record.Outcome!.Value,
        InstanceId = record.InstanceId,
        MatchedBy = record.MatchedBy,
        Gpu = record.Request.Gpu,
        Template = record.Request.Template,
        RequestedAt = record.RequestedAt,
        ResolvedAt = record.ResolvedAt,
        Origin = context,
    };

    private static string Describe(LaunchRecord record) => string.Format(
        CultureInfo.InvariantCulture, "{0} ({1}, {2}, asked for at {3:u})", record.IntentId, record.Request.Gpu, record.Request.Template, record.RequestedAt);
}
