using PulseRun.Contracts;

namespace PulseRun.PowerShell.Running;

/// <summary>Receives notifications about requests on any thread, and passes them to the cmdlet's streams.</summary>
/// <param name="runner">The cmdlet's runner.</param>
/// <param name="item">The item that the requests are for; null for requests that belong to no item.</param>
internal sealed class CallObserver(CmdletRunner runner, WorkItem? item = null) : ICallObserver
{
    public bool WantsVerbose => runner.WantsVerbose;

    public bool WantsDebug => runner.WantsDebug;

    public void Verbose(string message)
    {
        if (runner.WantsVerbose)
            runner.Post(cmdlet => cmdlet.WriteVerbose(message));
    }

    public void Debug(string message)
    {
        if (runner.WantsDebug)
            runner.Post(cmdlet => cmdlet.WriteDebug(message));
    }

    public void Warning(string message) => runner.Post(cmdlet => cmdlet.WriteWarning(message));

    public void Waiting(string? reason) => runner.WaitingFor = reason;

    public void Sent(string id) => item?.MarkSent();
}
