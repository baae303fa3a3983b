using System;

namespace PulseRun.PowerShell.Session;

/// <summary>Keys of emulators. Each has one of its own: rate limit, history and journal are kept by account, and two emulators are two accounts.</summary>
internal static class EmulatorKeys
{
    public static string New() => "pr_test_emulator_" + Guid.NewGuid().ToString("N").Remove(12);
}
