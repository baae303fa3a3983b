using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Launch;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Finds out for a command what became of launches in the journal, or closes them by hand. Its methods are called on the pipeline thread.</summary>
/// <param name="cmdlet">The cmdlet: its runner and its streams.</param>
/// <param name="context">The connection.</param>
/// <param name="settle">The longest time after the end of a launch that the list may still lack its instance.</param>
internal sealed class LaunchResolver(ConnectedCmdlet cmdlet, Context context, TimeSpan settle)
{
    private readonly List<LaunchRecord> _open = [];
    private ILauncher? _launcher;

    private ILauncher Launcher => _launcher ??= Libraries.CreateLauncher(context, Stores.Current.Launches, new LaunchOptions { Settle = settle });

    /// <summary>Returns what earlier commands left and a person is to be asked about. What is only looked at once more needs no question, and is taken at once.</summary>
    public IEnumerable<LaunchRecord> SelectOpen()
    {
        LaunchesLeft left = Launcher.Left();
        // A living command finishes its own launches.
        foreach (LaunchRecord record in left.Busy)
            cmdlet.WriteVerbose("Launch " + record.IntentId + " is still under way in another command.");
        foreach (LaunchRecord record in left.Untold)
            yield return record;
        foreach (LaunchRecord record in LaunchSelection.ToFind(left, withElsewhere: true))
        {
            if (record.Outcome is null)
                yield return record;
            else if (!cmdlet.Prompt.IsWhatIf)
                _open.Add(record);
        }
    }

    /// <summary>Warns of launches that another connection left: this one cannot resolve them, because its account lists other instances.</summary>
    public void MentionElsewhere()
    {
        var elsewhere = LaunchSelection.Mentioned(Stores.Current.OpenLaunchesElsewhere(context.Account), DateTimeOffset.UtcNow);
        if (elsewhere.Count > 0)
            cmdlet.WriteWarning(LaunchWords.Elsewhere(elsewhere));
    }

    /// <summary>Returns the launches with these ids. Reports those that cannot be resolved.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="isByHand">True when the user states the outcome. False to look it up: a launch whose outcome is known already is then written at once, and not returned.</param>
    public IEnumerable<LaunchRecord> Select(IEnumerable<Guid> ids, bool isByHand)
    {
        ILaunchJournal journal = Stores.Current.Launches;
        foreach (Guid id in ids.Distinct())
        {
            LaunchRecord? record = journal.Find(context.Account, id);
            if (LaunchSelection.Refuse(id, record) is { } refusal)
                cmdlet.Runner.Report(refusal, id);
            else if (record!.Outcome is not null && !isByHand)
                Write(record);
            else
                yield return record;
        }
    }

    /// <summary>Writes a launch whose outcome is known; keeps one that is open for <see cref="Run"/>.</summary>
    public void Resolve(LaunchRecord record)
    {
        if (record.Outcome is null)
        {
            _open.Add(record);
            return;
        }
        cmdlet.WriteWarning(LaunchWords.Untold(record));
        Write(record);
    }

    /// <summary>Closes a launch as a person says it ended.</summary>
    /// <param name="record">The launch.</param>
    /// <param name="instanceId">The instance that it became; null when it was not launched.</param>
    public void Close(LaunchRecord record, string? instanceId)
    {
        if (instanceId is not null)
            InstanceIds.Check(instanceId);
        ILaunchJournal journal = Stores.Current.Launches;
        LaunchOutcome outcome = instanceId is null ? LaunchOutcome.NotLaunched : LaunchOutcome.Launched;
        if (journal.Close(record.IntentId, new LaunchClosing(outcome, context.UtcNow) { InstanceId = instanceId, MatchedBy = "by hand" }))
        {
            Write(journal.Find(context.Account, record.IntentId)!);
            return;
        }
        string why = instanceId is null ? "it is known to have launched." : "another launch has instance " + instanceId + ", or this one was launched as another.";
        cmdlet.Runner.Report(new PulseRunException(ErrorIds.Conflict, "Launch " + record.IntentId + " stays as it is: " + why), record.IntentId);
    }

    /// <summary>Finds out what became of the open launches: one list per look for all of them together.</summary>
    public void Run()
    {
        if (_open.Count == 0)
            return;
        ILauncher launcher = Launcher;
        IReadOnlyList<LaunchRecord> open = new LaunchBudgets(cmdlet).Earlier(context, _open);
        cmdlet.Runner.RunToEnd(
            async cancel =>
            {
                IReadOnlyList<Launch> found = await launcher.ResolveAsync(open, cmdlet.Runner.Observer, cancel).ConfigureAwait(false);
                foreach ((Launch launch, LaunchRecord record) in found.Zip(open, static (launch, record) => (launch, record)))
                {
                    if (!LaunchSelection.IsNews(record, launch))
                        continue;
                    if (record.Outcome is not null)
                        cmdlet.Runner.Observer.Warning(LaunchWords.Earlier(launch));
                    cmdlet.Runner.PostRows([launch], launch.Outcome == LaunchOutcome.Unknown ? null : () => launcher.Told([launch.IntentId]));
                }
            },
            context.BaseUri);
    }

    /// <summary>Writes a launch whose outcome the journal knows, and notes that it was written.</summary>
    private void Write(LaunchRecord record)
    {
        cmdlet.WriteObject(new Launch
        {
            IntentId = record.IntentId,
            Outcome = record.IsGone ? LaunchOutcome.NotLaunched : record.Outcome!.Value,
            InstanceId = record.IsGone ? null : record.InstanceId,
            Candidates = record is { IsGone: true, InstanceId: { } gone } ? [new Instance { Id = gone, Origin = context }] : [],
            MatchedBy = record.MatchedBy,
            Attempts = record.Attempt == 0 ? [] : Stores.Current.Launches.Attempts(record.IntentId),
            Gpu = record.Request.Gpu,
            Template = record.Request.Template,
            RequestedAt = record.RequestedAt,
            ResolvedAt = record.ResolvedAt,
            Origin = context,
        });
        Launcher.Told([record.IntentId]);
    }
}
