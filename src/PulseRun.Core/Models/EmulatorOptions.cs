using System;

namespace PulseRun;

/// <summary>What an emulator starts with.</summary>
internal sealed class EmulatorOptions
{
    /// <summary>How many instances the seeded fleet has.</summary>
    public int Instances { get; init; } = 6;

    /// <summary>Two emulators with one seed have the same fleet, prices, loads, ids of launches and random faults.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Null or 0: no limit.</summary>
    public int? RequestsPerMinute { get; init; } = 60;

    /// <summary>How many seconds of the emulator pass in a real one; 0: time moves by hand only.</summary>
    public double TimeScale { get; init; } = 1;

    /// <summary>The key to ask for; null: one made from the seed.</summary>
    public string? ApiKey { get; init; }

    /// <summary>From the launch to running, in the emulator's time.</summary>
    public TimeSpan ProvisioningTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>From the start of a stopped instance to running, in the emulator's time.</summary>
    public TimeSpan StartingTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From running to stopped, in the emulator's time; 0: a stop answers <c>stopped</c>.</summary>
    public TimeSpan StoppingTime { get; init; }

    /// <summary>How long a terminated instance is still listed, in the emulator's time.</summary>
    public TimeSpan TerminatedVisible { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The credit in dollars; null: two days of the seeded fleet, at least 50.</summary>
    public decimal? Balance { get; init; }
}
