using System;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <summary>One request, and the state it meets.</summary>
internal sealed class Exchange
{
    public required IncomingRequest Call { get; init; }

    public required Route Route { get; init; }

    public required FaultSet Faults { get; init; }

    public required Fleet Fleet { get; init; }

    /// <summary>The emulator's time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>How long the emulator has run, by its own clock.</summary>
    public required TimeSpan Elapsed { get; init; }

    public required int Seed { get; init; }

    /// <summary>Whether the key may see the balance and the ledger.</summary>
    public required bool AllowBilling { get; init; }
}
