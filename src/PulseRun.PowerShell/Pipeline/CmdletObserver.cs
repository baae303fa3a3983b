using PulseRun.Contracts;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>Takes what calls say on any thread to the cmdlet's streams.</summary>
internal sealed class CmdletObserver(PulseRun.PowerShell.Cmdlets.PulseRunCmdlet cmdlet, Pump pump) : ICallObserver
{
    // Cmdlets that draw show the wait in their picture.
    private readonly WaitNotice _waiting = new(cmdlet.ShowsProgress && !(cmdlet.IsStreamOn("Progress") && Hosts.HasTerminal) ? text => pump.Post(() => cmdlet.WriteWarning(text)) : null);

    public bool WantsVerbose { get; } = cmdlet.IsStreamOn("Verbose");

    public bool WantsDebug { get; } = cmdlet.IsStreamOn("Debug");

    /// <summary>What is being waited for, for the progress line.</summary>
    public string? WaitingFor => _waiting.Now;

    public void Verbose(string message)
    {
        if (WantsVerbose)
            pump.Post(() => cmdlet.WriteVerbose(message));
    }

    public void Debug(string message)
    {
        if (WantsDebug)
            pump.Post(() => cmdlet.WriteDebug(message));
    }

    public void Warning(string message) => pump.Post(() => cmdlet.WriteWarning(message));

    public void Waiting(string? reason) => _waiting.Set(reason);

    /// <summary>Nothing: acts are sent for an item, and its <see cref="ItemObserver"/> keeps them.</summary>
    public void Sent(string id)
    {
    }
}
