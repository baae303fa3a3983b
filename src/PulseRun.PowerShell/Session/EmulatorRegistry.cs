using System;
using System.Collections.Generic;

namespace PulseRun.PowerShell.Session;

/// <summary>Holds the emulators that this process runs on a loopback port.</summary>
internal static class EmulatorRegistry
{
    private static readonly List<Emulator> s_running = [];

    public static void Add(Emulator emulator)
    {
        lock (s_running)
            s_running.Add(emulator);
    }

    /// <summary>Gets the running emulators, the oldest first.</summary>
    public static IReadOnlyList<Emulator> Running
    {
        get
        {
            lock (s_running)
                return s_running.ToArray();
        }
    }

    /// <summary>Returns the emulator at an address; null when there is none.</summary>
    public static Emulator? At(Uri address)
    {
        lock (s_running)
            return s_running.Find(emulator => emulator.BaseUri == address);
    }

    /// <summary>Closes an emulator and releases its port. A second call does nothing.</summary>
    public static void Close(Emulator emulator)
    {
        lock (s_running)
            s_running.Remove(emulator);
        emulator.Control.Dispose();
    }

    public static void CloseAll()
    {
        foreach (Emulator emulator in Running)
            Close(emulator);
    }
}
