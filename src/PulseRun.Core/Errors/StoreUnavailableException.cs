using System;

namespace PulseRun;

/// <summary>The exception that is thrown when the store cannot be used. The caller decides whether to continue without it: a launch does not, a list does.</summary>
internal sealed class StoreUnavailableException(StoreFailure reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreFailure Reason { get; } = reason;

    /// <summary>Gets what to do about it; null when the advice of the error id says it.</summary>
    public string? Advice { get; init; } = reason == StoreFailure.Misconfigured ? "Correct the text of -Store, PULSERUN_STORE or the profile." : null;
}

/// <summary>Specifies why the store cannot be read or written.</summary>
internal enum StoreFailure
{
    /// <summary>The folder or a file cannot be created or written.</summary>
    Unwritable,

    /// <summary>The disk or the quota is full.</summary>
    Full,

    /// <summary>Another process holds the database lock for longer than the timeout.</summary>
    Locked,

    /// <summary>The file is damaged and could not be set aside.</summary>
    Corrupt,

    /// <summary>A newer version of this module wrote the file.</summary>
    NewerVersion,

    /// <summary>The file contains a key and other users can read it.</summary>
    Insecure,

    /// <summary>The native SQLite library cannot be loaded on this system.</summary>
    Unsupported,

    /// <summary>The settings of the store are wrong: the text of the connection, the service file or the password source.</summary>
    Misconfigured,

    /// <summary>The server of the store cannot be reached, or ended the connection.</summary>
    Unreachable,

    /// <summary>The server rejects the user or the password, or there is no such database.</summary>
    AccessDenied,

    /// <summary>The role lacks a permission in the database.</summary>
    Forbidden,

    /// <summary>The database has no tables of this module, or those of an earlier version. Initialize-PRStore makes them.</summary>
    NoSchema,

    /// <summary>The server is a read-only replica.</summary>
    ReadOnly,

    /// <summary>The clock of this host differs too much from that of the database.</summary>
    ClockSkew,
}
