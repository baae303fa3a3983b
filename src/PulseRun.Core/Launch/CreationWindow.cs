using System;

namespace PulseRun.Core.Launch;

/// <summary>When a launch was on its way, by the server's clock.</summary>
/// <param name="From">When it was sent.</param>
/// <param name="Until">When its sender stopped waiting for the answer.</param>
internal sealed record CreationWindow(DateTimeOffset From, DateTimeOffset Until);
