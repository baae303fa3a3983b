using System;
using System.Threading;
using PulseRun.Core.Store;

namespace PulseRun.PowerShell.Session;

/// <summary>The local store as one command uses it. Callable from any thread.</summary>
/// <param name="open">Returns the store. Called for each use, because the folder can change.</param>
/// <param name="warn">Writes a warning.</param>
internal sealed class LocalStore(Func<IStore> open, Action<string> warn)
{
    private int _warned;

    /// <summary>Runs work that the command can do without. When the store is unavailable, writes one warning for the whole command and returns false.</summary>
    public bool TryUse(Action<IStore> work)
    {
        try
        {
            work(open());
            return true;
        }
        catch (StoreUnavailableException error)
        {
            if (Interlocked.Exchange(ref _warned, 1) == 0)
                warn("The history is not available, this command goes on without it. " + error.Message);
            return false;
        }
    }

    /// <summary>Runs work that the command is about.</summary>
    /// <exception cref="PulseRunException">JournalUnavailable: the store is unavailable.</exception>
    public void Use(Action<IStore> work)
    {
        try
        {
            work(open());
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was changed. " + error.Message);
        }
    }
}
