using System;

namespace PulseRun.Contracts;

/// <summary>The store cannot be used now. Whether work goes on without it is the caller's decision: a launch does not, a list does.</summary>
internal sealed class StoreUnavailableException(StoreFailure reason, string message, Exception? inner = null) : Exception(message, inner)
{
    public StoreFailure Reason { get; } = reason;
}
