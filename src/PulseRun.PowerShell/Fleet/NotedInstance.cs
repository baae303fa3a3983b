using PulseRun.Core.Notes;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Shows the note of an instance that did not come from a list of this command.</summary>
internal static class NotedInstance
{
    /// <summary>Returns the instance, with its note as properties if this machine has one. A store that cannot be read is no error here: the caller has more important results.</summary>
    public static Instance Show(Context context, Instance instance)
    {
        try
        {
            if (Stores.HasNotes && Stores.Current.Notes.Get(context.Service, instance.Id) is { } note)
            {
                note.ApplyTo(instance);
                NotedView.Select(instance);
            }
        }
        catch (StoreUnavailableException)
        {
            // The instance is returned without its note.
        }
        return instance;
    }

    /// <summary>Records that an instance was removed from here, so that its name is free and its note is not offered for a successor. The removal stands, whether or not this succeeds: a list that lacks the instance frees the name too.</summary>
    public static void MarkRemoved(Context context, string id)
    {
        try
        {
            if (Stores.HasNotes)
                Stores.Current.Notes.MarkRemoved(NoteScope.Of(context), id, context.UtcNow);
        }
        catch (StoreUnavailableException)
        {
            // The removal stands, and a list that lacks the instance frees its name too.
        }
    }
}
