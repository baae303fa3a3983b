using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Launch;

/// <summary>Lets the attempts of a command's plans pass: so many at a time, and one at a time for an alternative of which it is not known whether there is capacity, so that a refusal is learnt once and not by each launch.</summary>
/// <param name="atOnce">The number of attempts that run at the same time.</param>
internal sealed class PlanGate(int atOnce) : IDisposable
{
    private readonly SemaphoreSlim _room = new(atOnce);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    public void Dispose()
    {
        _room.Dispose();
        foreach (var turn in _turns.Values)
            turn.Dispose();
    }

    /// <summary>Makes an attempt when it may pass.</summary>
    /// <param name="request">The alternative.</param>
    /// <param name="isOpen">True when the alternative was launched lately.</param>
    /// <param name="attempt">Makes the attempt. It looks itself whether the alternative was refused meanwhile.</param>
    /// <param name="cancel">Cancels the wait.</param>
    public async Task<T> RunAsync<T>(LaunchRequest request, Func<bool> isOpen, Func<Task<T>> attempt, CancellationToken cancel)
    {
        SemaphoreSlim? turn = null;
        if (!isOpen())
        {
            turn = _turns.GetOrAdd(PlanRefusals.NameOf(request), static _ => new SemaphoreSlim(1));
            await turn.WaitAsync(cancel);
            if (isOpen())
            {
                turn.Release();
                turn = null;
            }
        }
        try
        {
            await _room.WaitAsync(cancel);
            try
            {
                return await attempt();
            }
            finally
            {
                _room.Release();
            }
        }
        finally
        {
            turn?.Release();
        }
    }
}
