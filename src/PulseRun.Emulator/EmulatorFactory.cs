using System;

namespace PulseRun.Emulator;

/// <summary>The one way into this assembly.</summary>
/// <remarks>Its methods take contracts of PulseRun.Core that are internal too: an emulator is made by the module, not by scripts.</remarks>
public static class EmulatorFactory
{
    /// <summary>A new cloud with its own fleet and clock. No door is open yet.</summary>
    internal static IEmulatorControl Create(EmulatorOptions options) => Create(options, TimeProvider.System);

    /// <summary>The same by another clock, for tests.</summary>
    internal static IEmulatorControl Create(EmulatorOptions options, TimeProvider time) => new Cloud(options, time);
}
