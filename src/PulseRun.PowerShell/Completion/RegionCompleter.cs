using System.Collections.Generic;
using PulseRun.Core.Completion;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers regions. A launch takes a coarse region such as us; an instance shows the exact one, such as us-east.</summary>
internal sealed class RegionCompleter : CachedValueCompleter
{
    private protected override CompletionField Field => CompletionField.Region;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) => isLaunch
        ? [("any", "the cheapest region"), ("asia", "Asia"), ("eu", "Europe"), ("us", "United States")]
        : KnownNames.Regions;

    private protected override bool TakesSeen(bool isLaunch) => !isLaunch;
}
