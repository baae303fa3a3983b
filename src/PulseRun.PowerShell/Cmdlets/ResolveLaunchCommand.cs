using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Finds out what became of launches whose outcome is open, after a crash, Ctrl+C or an unclear answer, and names what was launched and never written to a pipeline; one list a look for all of them. Or closes one by hand.</summary>
[Cmdlet(VerbsDiagnostic.Resolve, Nouns.Launch, DefaultParameterSetName = ParameterSets.ByList, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(Launch))]
public sealed class ResolveLaunchCommand : ConnectedCmdlet
{
    private readonly List<LaunchRecord> _open = [];
    private ILauncher? _launcher;

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

    /// <summary>How long after a launch has ended the list may still lack its instance, in seconds (0 to 3600, default 15).</summary>
    [Parameter(ParameterSetName = ParameterSets.ByList)]
    [ValidateRange(0, 3600)]
    public int SettleSec { get; set; } = (int)LaunchOptions.DefaultSettle.TotalSeconds;

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
                if (record.Outcome is not null && ParameterSetName == ParameterSets.ByList)
                {
                    WriteWarning(LaunchWords.Untold(record));
                    Write(context, record);
                }
                else if (ParameterSetName == ParameterSets.ByList)
                {
                    _open.Add(record);
                }
                else
                {
                    CloseByHand(context, record);
                }
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
        ILauncher launcher = LauncherFor(context);
        Runner.RunToEnd(
            async cancel =>
            {
                IReadOnlyList<Launch> found = await launcher.ResolveAsync(_open, Runner.Observer, cancel).ConfigureAwait(false);
                foreach ((Launch launch, LaunchRecord record) in found.Zip(_open, static (launch, record) => (launch, record)))
                {
                    // What a second look confirms is no news.
                    if (record.Outcome == launch.Outcome)
                        continue;
                    if (record.Outcome is not null)
                        Runner.Observer.Warning(LaunchWords.Earlier(launch));
                    Runner.PostRows([launch], launch.Outcome == LaunchOutcome.Unknown ? null : () => launcher.Told([launch.IntentId]));
                }
            },
            context.BaseUri);
    }

    private ILauncher LauncherFor(Context context) =>
        _launcher ??= Libraries.CreateLauncher(context, Stores.Current.Launches, new LaunchOptions { Settle = TimeSpan.FromSeconds(SettleSec) });

    private IEnumerable<LaunchRecord> Wanted(Context context)
    {
        if (IntentId is null)
        {
            LaunchesLeft left = LauncherFor(context).Left();
            // A living command finishes its own.
            foreach (LaunchRecord record in left.Busy)
                WriteVerbose("Launch " + record.IntentId + " is still under way in another command.");
            foreach (LaunchRecord record in left.Untold)
                yield return record;
            foreach (LaunchRecord record in left.ToResolve)
                yield return record;
            if (!Prompt.IsWhatIf)
            {
                foreach (LaunchRecord record in left.ToLookAtAgain)
                    _open.Add(record);
            }
            yield break;
        }
        ILaunchJournal journal = Stores.Current.Launches;
        foreach (Guid id in IntentId.Distinct())
        {
            LaunchRecord? record = journal.Find(context.Account, id);
            if (record is null)
                Runner.Report(new PulseRunException(ErrorIds.InvalidRequest, "No launch " + id + " is in the journal of this connection.") { Field = nameof(IntentId) }, id);
            else if (record is { Outcome: null, OwnerState: OwnerState.Alive })
                Runner.Report(new PulseRunException(ErrorIds.Conflict, "Launch " + id + " is still under way in another command, which finds out itself."), id);
            else if (record.Outcome is not null && ParameterSetName == ParameterSets.ByList)
                Write(context, record);
            else
                yield return record;
        }
    }

    /// <summary>Writes a launch whose outcome the journal knows, and that it was written.</summary>
    private void Write(Context context, LaunchRecord record)
    {
        WriteObject(Closed(context, record));
        LauncherFor(context).Told([record.IntentId]);
    }

    private void CloseByHand(Context context, LaunchRecord record)
    {
        string? instanceId = NotLaunched ? null : InstanceId;
        if (instanceId is not null)
            InstanceIds.Check(instanceId);
        LaunchOutcome outcome = NotLaunched ? LaunchOutcome.NotLaunched : LaunchOutcome.Launched;
        ILaunchJournal journal = Stores.Current.Launches;
        if (journal.Close(record.IntentId, new LaunchClosing(outcome, context.UtcNow) { InstanceId = instanceId, MatchedBy = "by hand" }))
        {
            Write(context, journal.Find(context.Account, record.IntentId)!);
            return;
        }
        string why = instanceId is null ? "it is known to have launched." : "another launch has instance " + instanceId + ", or this one was launched as another.";
        Runner.Report(new PulseRunException(ErrorIds.Conflict, "Launch " + record.IntentId + " stays as it is: " + why), record.IntentId);
    }

    /// <summary>A launch whose outcome the journal knows.</summary>
    private static Launch Closed(Context context, LaunchRecord record) => new()
    {
        IntentId = record.IntentId,
        Outcome = record.IsGone ? LaunchOutcome.NotLaunched : record.Outcome!.Value,
        InstanceId = record.IsGone ? null : record.InstanceId,
        Candidates = record is { IsGone: true, InstanceId: { } gone } ? [new Instance { Id = gone, Origin = context }] : [],
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
