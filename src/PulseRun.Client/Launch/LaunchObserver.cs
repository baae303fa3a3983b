using System;
using PulseRun.Core.Client;

namespace PulseRun.Client.Launch;

/// <summary>Forwards notifications about a launch to the observer of the command, and records in the journal that it is under way before it is sent.</summary>
/// <param name="command">The observer of the command.</param>
/// <param name="markSent">Records it. If it throws, the launch is not sent.</param>
internal sealed class LaunchObserver(ICallObserver command, Action markSent) : ICallObserver
{
    /// <summary>True when the launch was sent, so that it may have taken effect. It is reset for each attempt, because a launch is sent again only if nothing was sent before.</summary>
    public bool WasSent { get; private set; }

    public bool WantsVerbose => command.WantsVerbose;

    public bool WantsDebug => command.WantsDebug;

    public void Verbose(string message) => command.Verbose(message);

    public void Debug(string message) => command.Debug(message);

    public void Warning(string message) => command.Warning(message);

    public void Waiting(string? reason) => command.Waiting(reason);

    public void Sent(string id)
    {
        WasSent = false;
        markSent();
        WasSent = true;
        command.Sent(id);
    }
}
