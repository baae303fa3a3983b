using System.Collections.Generic;
using PulseRun.Seen;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers providers; auto is one for a launch only.</summary>
internal sealed class ProviderCompleter : SeenValueCompleter
{
    private protected override SeenField Field => SeenField.Provider;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) =>
        isLaunch ? [("auto", "the cheapest one"), .. KnownNames.Providers] : KnownNames.Providers;
}
