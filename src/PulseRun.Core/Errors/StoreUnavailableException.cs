using System;

namespace PulseRun;

/// <summary>The exception that is thrown when the store cannot be used. The caller decides whether to continue without it: a launch does not, a list does.</summary>
internal sealed class StoreUnavailableException(StoreFailure reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreFailure Reason { get; } = reason;
}

/// <summary>Specifies why the local store cannot be read or written.</summary>
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
}
