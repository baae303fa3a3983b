using System.Collections.Generic;
using PulseRun.Core.Completion;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers providers. The value auto is offered for a launch only.</summary>
internal sealed class ProviderCompleter : CachedValueCompleter
{
    private protected override CompletionField Field => CompletionField.Provider;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) =>
        isLaunch ? [("auto", "the cheapest one"), .. KnownNames.Providers] : KnownNames.Providers;
}
