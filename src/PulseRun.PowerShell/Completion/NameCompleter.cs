using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the names of instances, each with its id and tags.</summary>
internal sealed class NameCompleter : NoteCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion, IReadOnlyList<InstanceNote> notes)
    {
        HashSet<string> others = completion.OtherWords();
        return notes.Where(note => note.Name is { } name && !others.Contains(name))
            .Select(static note => (note.Name!, note.Tags.Count == 0 ? note.Id : note.Id + ", " + string.Join("; ", note.Tags.Select(static tag => tag.Key + "=" + tag.Value))));
    }
}
