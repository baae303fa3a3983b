using System;

namespace PulseRun.Emulator;

/// <summary>Creates emulators.</summary>
/// <remarks>The methods use internal contracts of PulseRun.Core, because emulators are created by the module and not by scripts.</remarks>
public static class EmulatorFactory
{
    /// <summary>Creates an emulator with its own fleet and clock. It does not listen at a port yet.</summary>
    internal static IEmulatorControl Create(EmulatorOptions options) => Create(options, TimeProvider.System);

    /// <summary>Creates an emulator with another clock, for tests.</summary>
    internal static IEmulatorControl Create(EmulatorOptions options, TimeProvider time) => new Cloud(options, time);
}
