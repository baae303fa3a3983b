namespace PulseRun.Core.Client;

/// <summary>Forwards all notifications to another observer. A derived class handles <see cref="Sent"/> for a part of the work.</summary>
/// <param name="inner">The observer of the whole command.</param>
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
