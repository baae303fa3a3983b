using System;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <summary>Represents one request with the state of the emulator.</summary>
internal sealed class Exchange
{
    public required IncomingRequest Call { get; init; }

    public required Route Route { get; init; }

    public required FaultSet Faults { get; init; }

    public required Fleet Fleet { get; init; }

    public required Automation Automation { get; init; }

    /// <summary>Gets the emulator's time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Gets how long the emulator has run, by its own clock.</summary>
    public required TimeSpan Elapsed { get; init; }

    public required int Seed { get; init; }

    /// <summary>True when the key may read the balance and the transactions.</summary>
    public required bool AllowBilling { get; init; }
}
