namespace PulseRun.Waiting;

/// <summary>One instance to wait for.</summary>
/// <param name="Id">Its id.</param>
/// <param name="StatusBefore">The state just before this command asked for a change; null when it only watches.</param>
/// <param name="MayBeUnknown">True when a person gave the id, so that there may be no such instance.</param>
internal sealed record WaitItem(string Id, string? StatusBefore = null, bool MayBeUnknown = false);
