using System;
using PulseRun.Contracts;

namespace PulseRun.Client.Launching;

/// <summary>Hears for one launch, and has the journal note that it is on its way before it is.</summary>
internal sealed class JournalObserver(ICallObserver inner, Action markSent) : ICallObserver
{
    public bool WantsVerbose => inner.WantsVerbose;

    public bool WantsDebug => inner.WantsDebug;

    /// <summary>Whether it was sent, so that it may have launched. An attempt that is made again provably did not.</summary>
    public bool WasSent { get; private set; }

    public void Verbose(string message) => inner.Verbose(message);

    public void Debug(string message) => inner.Debug(message);

    public void Warning(string message) => inner.Warning(message);

    public void Waiting(string? reason) => inner.Waiting(reason);

    public void Sent(string id)
    {
        WasSent = false;
        markSent();
        WasSent = true;
        inner.Sent(id);
    }
}
