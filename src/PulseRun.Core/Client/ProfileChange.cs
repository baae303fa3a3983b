namespace PulseRun.Core.Client;

/// <summary>Describes a change to a saved profile. A setting that is null here keeps its value.</summary>
internal sealed class ProfileChange
{
    /// <summary>Gets true to make this the default profile, false to end that, null to leave it unchanged.</summary>
    public bool? IsDefault { get; init; }

    public Setting<int?>? RequestsPerMinute { get; init; }

    public Setting<int?>? TimeoutSec { get; init; }

    public Setting<int?>? MaxWaitSec { get; init; }

    public Setting<decimal?>? MaxFleetCostPerHour { get; init; }

    public Setting<System.TimeSpan?>? DefaultLifetime { get; init; }

    public Setting<string?>? IdentityFile { get; init; }
}
