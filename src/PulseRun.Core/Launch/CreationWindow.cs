using System;

namespace PulseRun.Core.Launch;

/// <summary>Represents the time in which a launch was under way, by the server's clock.</summary>
/// <param name="From">The earliest possible time of sending.</param>
/// <param name="Until">The latest possible time at which the sender stopped waiting for the answer.</param>
internal sealed record CreationWindow(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Gets the best estimate of the time of sending, for display.</summary>
    public DateTimeOffset Sent { get; init; } = From;
}
