using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Notes;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the keys of tags, each with its values.</summary>
internal sealed class TagKeyCompleter : NoteCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion, IReadOnlyList<InstanceNote> notes)
    {
        HashSet<string> others = completion.OtherWords();
        return Tags(notes).Where(tag => !others.Contains(tag.Key)).Select(static tag => (tag.Key, "tag with the values " + string.Join(", ", tag.Distinct())));
    }
}
