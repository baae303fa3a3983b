using System;

namespace PulseRun;

/// <summary>The store cannot be used now. Whether work goes on without it is the caller's decision: a launch does not, a list does.</summary>
internal sealed class StoreUnavailableException(StoreFailure reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreFailure Reason { get; } = reason;
}

/// <summary>Why what is remembered on this machine cannot be read or written.</summary>
internal enum StoreFailure
{
    /// <summary>The folder or a file cannot be created or written.</summary>
    Unwritable,

    /// <summary>The disk, or the quota, is full.</summary>
    Full,

    /// <summary>Another process holds the database longer than one waits.</summary>
    Locked,

    /// <summary>The file is damaged and could not be set aside.</summary>
    Corrupt,

    /// <summary>A newer version of this module wrote the file.</summary>
    NewerVersion,

    /// <summary>The file holds a key and others may read it.</summary>
    Insecure,

    /// <summary>The native SQLite library does not load here.</summary>
    Unsupported,
}
