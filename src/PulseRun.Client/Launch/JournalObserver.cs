using System;
using PulseRun.Core.Client;

namespace PulseRun.Client.Launch;

/// <summary>Records in the journal that a launch is under way, before it is sent.</summary>
internal sealed class JournalObserver(ICallObserver inner, Action markSent) : RelayObserver(inner)
{
    /// <summary>True when the launch was sent, so that it may have taken effect. It is reset for each attempt, because a launch is sent again only if nothing was sent before.</summary>
    public bool WasSent { get; private set; }

    public override void Sent(string id)
    {
        WasSent = false;
        markSent();
        WasSent = true;
        base.Sent(id);
    }
}
