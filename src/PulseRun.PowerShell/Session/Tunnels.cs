using System.Collections.Generic;
using System.Linq;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Session;

/// <summary>Holds the tunnels of this process.</summary>
internal static class Tunnels
{
    private static readonly List<TunnelConnection> s_all = [];

    /// <summary>Gets the tunnels, the oldest first, including those that have ended and were not closed.</summary>
    public static IReadOnlyList<Tunnel> All
    {
        get
        {
            lock (s_all)
                return [.. s_all.Select(static one => one.Tunnel)];
        }
    }

    public static void Add(TunnelConnection connection)
    {
        lock (s_all)
            s_all.Add(connection);
    }

    /// <summary>Closes a tunnel. A second call does nothing.</summary>
    public static void Close(Tunnel tunnel)
    {
        TunnelConnection? found;
        lock (s_all)
        {
            found = s_all.Find(one => ReferenceEquals(one.Tunnel, tunnel));
            if (found is not null)
                s_all.Remove(found);
        }
        found?.Close();
    }

    public static void CloseAll()
    {
        foreach (Tunnel tunnel in All)
            Close(tunnel);
    }
}
