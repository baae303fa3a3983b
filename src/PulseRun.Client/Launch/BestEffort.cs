using System;

namespace PulseRun.Client.Launch;

/// <summary>Records facts in the journal whose loss is harmless.</summary>
internal static class BestEffort
{
    /// <summary>Runs a write and ignores its failure: the intent then stays open and the next Resolve determines the same outcome again, while the launch itself must not fail.</summary>
    public static void Note(Action write)
    {
        try
        {
            write();
        }
        catch (StoreUnavailableException)
        {
        }
    }
}
