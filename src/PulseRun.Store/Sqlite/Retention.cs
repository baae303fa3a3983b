using System;

namespace PulseRun.Store.Sqlite;

/// <summary>What is old enough to be dropped.</summary>
internal static class Retention
{
    /// <summary>
    /// The moment before which nothing is kept. A connection's clock may run ahead (the emulator's does), and all accounts share one file:
    /// its tomorrow must not drop another's today, so the machine's own clock holds it back.
    /// </summary>
    public static DateTimeOffset Before(DateTimeOffset now, TimeSpan kept)
    {
        DateTimeOffset here = DateTimeOffset.UtcNow;
        return (now < here ? now : here) - kept;
    }
}
