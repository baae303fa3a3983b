using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Selection;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads instances with few requests: one list request for the whole fleet, for patterns and for several ids; one GET for a single id and for each id that is missing from the list.</summary>
/// <param name="runner">The runner of the cmdlet.</param>
/// <param name="filter">Selects what is written.</param>
/// <param name="throttle">The number of instances that are read at the same time.</param>
/// <param name="selectsByNotes">True when the filter depends on notes.</param>
internal sealed class InstanceFinder(CmdletRunner runner, InstanceFilter filter, int throttle, bool selectsByNotes = false)
{
    /// <summary>Writes the whole fleet as it arrives, on the pipeline thread. Returns false when the list was read to its end and no instance passed the filter.</summary>
    /// <param name="context">The connection to use.</param>
    /// <param name="status">The states that -Status names. A single one without wildcards is sent, so that the server sends fewer rows.</param>
    public bool List(Context context, string[]? status)
    {
        string? only = status is { Length: 1 } && !Patterns.IsPattern(status[0]) ? status[0] : null;
        bool isEmpty = true;
        FleetNotes? notes = FleetNotes.Begin(runner, context, selectsByNotes);
        bool isWhole = runner.RunToEnd(cancel => Connection.Of(context).Client.ListAsync(only, Write, runner.Observer, cancel), context.BaseUri);
        if (isWhole && only is null)
            notes?.Complete();
        return !(isWhole && isEmpty);

        void Write(IReadOnlyList<Instance> rows)
        {
            notes?.ApplyTo(rows);
            IReadOnlyList<Instance> passing = filter.Apply(rows);
            isEmpty &= passing.Count == 0;
            runner.PostRows(passing);
        }
    }

    /// <summary>Writes the instances that match the patterns, and queues the ids in their order. Call it on the pipeline thread.</summary>
    public void Find(Context context, InstanceSelection selection)
    {
        FleetNotes? notes = FleetNotes.Begin(runner, context, selectsByNotes);
        if (selection.NeedsList && runner.RunToEnd(cancel => SearchAsync(context, selection, notes, cancel), context.BaseUri) && selection.NeedsWholeList)
            notes?.Complete();
        foreach (SelectedId one in selection.Ids)
        {
            runner.Queue(one.Id, one.Source, throttle, async (observer, cancel) =>
            {
                Instance? instance = selection.Found(one.Id);
                if (instance is null)
                {
                    instance = await Connection.Of(context).Client.GetAsync(one.Id, observer, cancel).ConfigureAwait(false);
                    notes?.ApplyTo([instance]);
                }
                return filter.Passes(instance) ? instance : null;
            });
        }
    }

    private async Task SearchAsync(Context context, InstanceSelection selection, FleetNotes? notes, CancellationToken cancel)
    {
        try
        {
            await Connection.Of(context).Client.ListAsync(null, Take, runner.Observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException cut) when (cut.ErrorId == ErrorIds.IncompleteList && !selection.NeedsWholeList)
        {
            // Each id that is missing from the list is read by itself.
        }

        void Take(IReadOnlyList<Instance> rows)
        {
            notes?.ApplyTo(rows);
            if (filter.Apply(selection.Pick(rows)) is { Count: > 0 } matching)
                runner.PostRows(matching);
        }
    }
}
