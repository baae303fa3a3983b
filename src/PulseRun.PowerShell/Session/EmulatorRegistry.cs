using System;
using System.Collections.Generic;

namespace PulseRun.PowerShell.Session;

/// <summary>The emulators this process runs on a loopback port.</summary>
internal static class EmulatorRegistry
{
    private static readonly List<Emulator> s_running = [];

    public static void Add(Emulator emulator)
    {
        lock (s_running)
            s_running.Add(emulator);
    }

    /// <summary>The ones that run now, oldest first.</summary>
    public static IReadOnlyList<Emulator> Running
    {
        get
        {
            lock (s_running)
                return s_running.ToArray();
        }
    }

    /// <summary>The one at an address; null when that is something else.</summary>
    public static Emulator? At(Uri address)
    {
        lock (s_running)
            return s_running.Find(emulator => emulator.BaseUri == address);
    }

    /// <summary>Closes one and gives its port back. Repeating it does nothing.</summary>
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
