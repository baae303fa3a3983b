using PulseRun.Core.Client;
using PulseRun.Core.Tracing;

namespace PulseRun.PowerShell.Running;

/// <summary>Receives notifications about requests on any thread, and passes them to the cmdlet's streams.</summary>
/// <remarks>Each item of <see cref="CmdletRunner.Queue"/> has its own, so that each item records whether it was sent.</remarks>
/// <param name="runner">The cmdlet's runner.</param>
internal sealed class CallObserver(CmdletRunner runner) : ICallObserver, ISpanHolder
{
    private volatile bool _wasSent;

    /// <summary>True when a request that changes something was sent, so that its effect is unknown until it is answered.</summary>
    public bool WasSent => _wasSent;

    public ISpan? Span => runner.Span;

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

    public void Waiting(string? reason) => runner.Wait(reason);

    public void Sent(string id) => _wasSent = true;

    /// <summary>Marks the sent request as answered, although the item's work continues.</summary>
    public void Answered() => _wasSent = false;
}
