namespace PulseRun.Core.Client;

/// <summary>What to change in a saved profile. A setting without a value here is kept.</summary>
internal sealed class ProfileChange
{
    /// <summary>True makes it the profile that is used when none is named; false takes that from it; null changes nothing.</summary>
    public bool? IsDefault { get; init; }

    public Setting<int?>? RequestsPerMinute { get; init; }

    public Setting<int?>? TimeoutSec { get; init; }

    public Setting<int?>? MaxWaitSec { get; init; }

    public Setting<decimal?>? MaxFleetCostPerHour { get; init; }

    public Setting<string?>? IdentityFile { get; init; }
}
