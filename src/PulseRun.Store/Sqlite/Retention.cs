using System;

namespace PulseRun.Store.Sqlite;

/// <summary>Computes which rows are old enough to be deleted.</summary>
internal static class Retention
{
    /// <summary>
    /// Returns the time before which rows are deleted. The clock of a connection may run ahead (that of the emulator does), and all accounts share one file.
    /// The result is therefore never later than this machine's clock allows, so that one account does not delete current rows of another.
    /// </summary>
    public static DateTimeOffset Before(DateTimeOffset now, TimeSpan kept)
    {
        DateTimeOffset here = DateTimeOffset.UtcNow;
        return (now < here ? now : here) - kept;
    }
}
