using System;

namespace PulseRun.Core.Launch;

/// <summary>Represents the time in which a launch was under way, by the server's clock.</summary>
/// <param name="From">The earliest possible time of sending.</param>
/// <param name="Until">The latest time of creation at which an instance is certain to be the launch's own: when the sender stopped waiting for the answer, or soon after the sending if it recorded no end.</param>
internal sealed record CreationWindow(DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>Gets the best estimate of the time of sending, for display.</summary>
    public DateTimeOffset Sent { get; init; } = From;

    /// <summary>Gets the latest possible time of creation while the sender waited. After <see cref="Until"/>, an instance is more likely to be that of another launcher, if there is one.</summary>
    public DateTimeOffset AtMost { get; init; } = Until;
}
