namespace PulseRun.Core.Client;

/// <summary>Hears for a part of the work: passes everything on, but for what that part does with an act on its way.</summary>
/// <param name="inner">Who hears for the whole.</param>
internal abstract class RelayObserver(ICallObserver inner) : ICallObserver
{
    public bool WantsVerbose => inner.WantsVerbose;

    public bool WantsDebug => inner.WantsDebug;

    public void Verbose(string message) => inner.Verbose(message);

    public void Debug(string message) => inner.Debug(message);

    public void Warning(string message) => inner.Warning(message);

    public void Waiting(string? reason) => inner.Waiting(reason);

    public virtual void Sent(string id) => inner.Sent(id);
}
