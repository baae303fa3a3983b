using System.Threading;
using PulseRun.Contracts;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>Takes what calls say on any thread to the cmdlet's streams.</summary>
internal sealed class CmdletObserver(PulseRun.PowerShell.Cmdlets.PulseRunCmdlet cmdlet, Pump pump) : ICallObserver
{
    private string? _waiting;

    public bool WantsVerbose { get; } = cmdlet.IsStreamOn("Verbose");

    public bool WantsDebug { get; } = cmdlet.IsStreamOn("Debug");

    /// <summary>What is being waited for, for the progress line.</summary>
    public string? WaitingFor => Volatile.Read(ref _waiting);

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

    public void Waiting(string? reason) => Volatile.Write(ref _waiting, reason);

    /// <summary>Nothing: acts are sent for an item, and its <see cref="ItemObserver"/> keeps them.</summary>
    public void Sent(string id)
    {
    }
}
