using System;
using PulseRun.Core.Client;

namespace PulseRun.Client.Launch;

/// <summary>Hears for one launch, and has the journal note that it is on its way before it is.</summary>
internal sealed class JournalObserver(ICallObserver inner, Action markSent) : RelayObserver(inner)
{
    /// <summary>Whether it was sent, so that it may have launched. An attempt that is made again provably did not.</summary>
    public bool WasSent { get; private set; }

    public override void Sent(string id)
    {
        WasSent = false;
        markSent();
        WasSent = true;
        base.Sent(id);
    }
}
