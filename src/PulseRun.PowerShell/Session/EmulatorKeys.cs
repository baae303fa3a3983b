using System;

namespace PulseRun.PowerShell.Session;

/// <summary>Creates the keys of emulators. Each emulator has a key of its own, and so is a separate account: rate limit, history and journal are kept per account.</summary>
internal static class EmulatorKeys
{
    public static string New() => "pr_test_emulator_" + Guid.NewGuid().ToString("N").Remove(12);
}
