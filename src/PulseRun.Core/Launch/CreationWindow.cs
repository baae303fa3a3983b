using System;

namespace PulseRun.Core.Launch;

/// <summary>Represents the time in which a launch was under way, by the server's clock.</summary>
/// <param name="From">The time of sending.</param>
/// <param name="Until">The time at which the sender stopped waiting for the answer.</param>
internal sealed record CreationWindow(DateTimeOffset From, DateTimeOffset Until);
