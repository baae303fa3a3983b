using System;
using PulseRun.Contracts;

namespace PulseRun.Client.Launching;

/// <summary>Writing down what is known already.</summary>
internal static class JournalNotes
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
