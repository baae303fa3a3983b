using System;
using System.Threading;
using System.Threading.Tasks;

namespace PulseRun.PowerShell.Pipeline;

/// <summary>One item's place in the order.</summary>
internal sealed class WorkSlot(Func<CancellationToken, Task<Outcome>> work)
{
    private volatile Outcome? _outcome;

    public Func<CancellationToken, Task<Outcome>> Work { get; } = work;

    /// <summary>Set once, by the worker.</summary>
    public Outcome? Outcome
    {
        get => _outcome;
        set => _outcome = value;
    }
}
