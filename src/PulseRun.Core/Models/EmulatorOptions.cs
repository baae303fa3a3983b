using System;

namespace PulseRun;

/// <summary>Holds the settings with which an emulator starts.</summary>
internal sealed class EmulatorOptions
{
    /// <summary>Gets the number of instances of the initial fleet.</summary>
    public int Instances { get; init; } = 6;

    /// <summary>Gets the seed. Two emulators with the same seed have the same fleet, prices, loads, launch ids and random faults.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Gets the requests per minute; null or 0 means no limit.</summary>
    public int? RequestsPerMinute { get; init; } = 60;

    /// <summary>Gets the number of emulated seconds in a real second; 0 means that time is advanced by hand only.</summary>
    public double TimeScale { get; init; } = 1;

    /// <summary>Gets the key to accept; null for one made from the seed.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Gets the time from a launch to running, in the emulator's time.</summary>
    public TimeSpan ProvisioningTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets the time from a start to running, in the emulator's time.</summary>
    public TimeSpan StartingTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the time from a stop to stopped, in the emulator's time; 0 makes a stop return <c>stopped</c>.</summary>
    public TimeSpan StoppingTime { get; init; }

    /// <summary>Gets how long a terminated instance is still listed, in the emulator's time.</summary>
    public TimeSpan TerminatedVisible { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets the credit in dollars; null for the cost of the initial fleet in two days, at least 50.</summary>
    public decimal? Balance { get; init; }
}
