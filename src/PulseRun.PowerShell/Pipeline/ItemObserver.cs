using PulseRun.Contracts;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>Hears for one item: like the cmdlet's, and remembers that the item's act is on its way.</summary>
/// <param name="cmdlet">The cmdlet's streams.</param>
/// <param name="acts">Where acts on their way are kept.</param>
/// <param name="label">What the user is to be told of the item: an id, or a launch in words.</param>
internal sealed class ItemObserver(ICallObserver cmdlet, PendingActs acts, string label) : RelayObserver(cmdlet)
{
    /// <summary>The item, as the user is to be told of it.</summary>
    public string Label { get; } = label;

    public override void Sent(string id) => acts.Sent(this);

    /// <summary>The item's outcome is known.</summary>
    public void Answered() => acts.Answered(this);
}
