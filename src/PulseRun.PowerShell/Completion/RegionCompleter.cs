using System.Collections.Generic;
using PulseRun.Core.Completion;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers regions. A launch and an instance name them differently (api.md section 3).</summary>
internal sealed class RegionCompleter : CachedValueCompleter
{
    private protected override CompletionField Field => CompletionField.Region;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) => isLaunch
        ? [("any", "wherever it is cheapest"), ("asia", "Asia"), ("eu", "Europe"), ("us", "United States")]
        : KnownNames.Regions;

    private protected override bool TakesSeen(bool isLaunch) => !isLaunch;
}
