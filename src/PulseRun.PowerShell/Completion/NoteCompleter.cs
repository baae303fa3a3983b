using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>The base of completers that offer what notes on this machine contain. They send no request, and read nothing on a machine without notes.</summary>
internal abstract class NoteCompleter : PulseRunCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion)
    {
        if (!Stores.HasNotes || completion.FindContext() is not { } context)
            return [];
        // The first completion of a process loads SQLite.
        completion.Budget.AllowFirst();
        string service = context.Service;
        return completion.Budget.Get(() => Stores.Current.Notes.Living(service)) is { } notes ? Offers(completion, [.. notes.Values]) : [];
    }

    /// <summary>Returns the values that the notes contain.</summary>
    private protected abstract IEnumerable<(string Value, string About)> Offers(CompletionContext completion, IReadOnlyList<InstanceNote> notes);

    /// <summary>Returns the tags of the notes by key, each key with its values.</summary>
    private protected static IEnumerable<IGrouping<string, string>> Tags(IEnumerable<InstanceNote> notes) => notes.SelectMany(static note => note.Tags).GroupBy(static tag => tag.Key, static tag => tag.Value);
}
