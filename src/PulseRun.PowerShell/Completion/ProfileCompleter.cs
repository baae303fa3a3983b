using System.Collections.Generic;
using System.Linq;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the names of saved profiles. Reads the profile file, sends no request and loads no SQLite.</summary>
internal sealed class ProfileCompleter : PulseRunCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion) =>
        (completion.Budget.Get(static () => Libraries.OpenProfiles().Names()) ?? []).Select(static name => (name, "saved profile " + name));
}
