using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Client;

namespace PulseRun.Client.Tests.Support;

/// <summary>Records all notifications.</summary>
internal sealed class Observer : ICallObserver
{
    public ConcurrentQueue<string> VerboseLines { get; } = new();

    public ConcurrentQueue<string> DebugLines { get; } = new();

    public ConcurrentQueue<string> Warnings { get; } = new();

    public ConcurrentQueue<string?> Waits { get; } = new();

    public ConcurrentQueue<string> SentIds { get; } = new();

    public bool WantsVerbose { get; init; } = true;

    public bool WantsDebug { get; init; } = true;

    public IEnumerable<string> All => VerboseLines.Concat(DebugLines).Concat(Warnings).Concat(Waits.Where(w => w is not null)!).Concat(SentIds)!;

    public void Verbose(string message) => VerboseLines.Enqueue(message);

    public void Debug(string message) => DebugLines.Enqueue(message);

    public void Warning(string message) => Warnings.Enqueue(message);

    public void Waiting(string? reason) => Waits.Enqueue(reason);

    public void Sent(string id) => SentIds.Enqueue(id);
}
