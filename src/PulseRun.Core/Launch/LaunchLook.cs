namespace PulseRun.Core.Launch;

/// <summary>One launch to be looked for in a list.</summary>
/// <param name="Intent">The launch.</param>
/// <param name="IsLast">True when this look decides: what fits now, and is alone, is taken.</param>
/// <param name="IsSettled">True when what is not in the list now will not come.</param>
internal sealed record LaunchLook(LaunchIntent Intent, bool IsLast, bool IsSettled);
