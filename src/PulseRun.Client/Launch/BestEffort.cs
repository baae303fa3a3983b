using System;

namespace PulseRun.Client.Launch;

/// <summary>Writing down what is known already.</summary>
internal static class BestEffort
{
    /// <summary>Should it fail, the intent stays open, and the next Resolve finds the same out again: the launch itself must not be lost over it.</summary>
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
