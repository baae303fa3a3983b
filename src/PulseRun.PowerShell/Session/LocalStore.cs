using System;
using System.Threading;
using PulseRun.Core.Store;

namespace PulseRun.PowerShell.Session;

/// <summary>Gives one command access to the local store. Callable from any thread.</summary>
/// <param name="open">Returns the store. Called for each use, because PULSERUN_DATA_DIR can change.</param>
/// <param name="warn">Writes a warning.</param>
internal sealed class LocalStore(Func<IStore> open, Action<string> warn)
{
    private int _warned;

    /// <summary>Gets the failure after which an optional use of the store was left out; null when there was none.</summary>
    public StoreUnavailableException? Lost { get; private set; }

    /// <summary>Runs work on the store that is optional for the command. If the store is unavailable, writes one warning for the whole command and returns false.</summary>
    public bool TryUse(Action<IStore> work)
    {
        try
        {
            work(open());
            return true;
        }
        catch (StoreUnavailableException error)
        {
            Lost = error;
            if (Interlocked.Exchange(ref _warned, 1) == 0)
                warn("The history is unavailable. The command continues without it. " + error.Message);
            return false;
        }
    }

    /// <summary>Runs work on the store that the command requires.</summary>
    /// <exception cref="PulseRunException">JournalUnavailable: the store is unavailable.</exception>
    public void Use(Action<IStore> work)
    {
        try
        {
            work(open());
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.JournalUnavailable, "Nothing was changed. " + error.Message) { Advice = error.Advice };
        }
    }
}
