using System;

namespace PulseRun.Store.Postgres.Connection;

/// <summary>Computes which rows are old enough to be deleted.</summary>
internal static class Expiry
{
    /// <summary>Returns the time before which rows are deleted. The clock of a connection may run ahead (that of the emulator does), so it is never later than the database's clock allows.</summary>
    public static DateTimeOffset Before(DateTimeOffset now, DateTimeOffset database, TimeSpan kept) => (now < database ? now : database) - kept;
}
