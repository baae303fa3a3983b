namespace PulseRun.Core.Launch;

/// <summary>Represents one launch to look for in a list.</summary>
/// <param name="Intent">The launch.</param>
/// <param name="IsLast">True when this look decides: a unique match is accepted.</param>
/// <param name="IsSettled">True when an instance that is not in the list now will not appear later.</param>
internal sealed record LaunchLook(LaunchIntent Intent, bool IsLast, bool IsSettled);
