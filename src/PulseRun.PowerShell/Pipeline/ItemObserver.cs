using PulseRun.Contracts;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>Hears for one item: like the cmdlet's, and remembers that the item's act is on its way.</summary>
/// <param name="cmdlet">The cmdlet's streams.</param>
/// <param name="acts">Where acts on their way are kept.</param>
/// <param name="label">What the user is to be told of the item: an id, or a launch in words.</param>
internal sealed class ItemObserver(ICallObserver cmdlet, PendingActs acts, string label) : ICallObserver
{
    /// <summary>The item, as the user is to be told of it.</summary>
    public string Label { get; } = label;

    public bool WantsVerbose => cmdlet.WantsVerbose;

    public bool WantsDebug => cmdlet.WantsDebug;

    public void Verbose(string message) => cmdlet.Verbose(message);

    public void Debug(string message) => cmdlet.Debug(message);

    public void Warning(string message) => cmdlet.Warning(message);

    public void Waiting(string? reason) => cmdlet.Waiting(reason);

    public void Sent(string id) => acts.Sent(this);

    /// <summary>The item's outcome is known.</summary>
    public void Answered() => acts.Answered(this);
}
