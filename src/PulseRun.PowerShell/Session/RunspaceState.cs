using System.Collections.Generic;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace PulseRun.PowerShell.Session;

/// <summary>What one runspace is connected to. Not static: two accounts in ForEach-Object -Parallel must not cross.</summary>
internal sealed class RunspaceState
{
    private static readonly ConditionalWeakTable<Runspace, RunspaceState> s_states = new();
    private static readonly List<Context> s_open = [];

    /// <summary>The state of the runspace this thread runs in.</summary>
    public static RunspaceState Current => s_states.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>What Connect-PulseRun made; null before it and after Disconnect-PulseRun.</summary>
    public Context? Connected { get; private set; }

    /// <summary>What the environment or the saved profile made; used while nothing is connected.</summary>
    public Context? Implicit { get; private set; }

    /// <summary>True when any runspace of this process has an open connection.</summary>
    public static bool IsAnyConnected
    {
        get
        {
            lock (s_open)
                return s_open.Exists(static one => !one.IsClosed);
        }
    }

    public void Connect(Context context)
    {
        Track(context);
        // The one before is not closed: objects of it may still be in the user's variables.
        Connected = context;
    }

    public void ConnectImplicitly(Context context)
    {
        Track(context);
        Implicit = context;
    }

    /// <summary>Forgets both connections and their keys. Answers whether there was one.</summary>
    public bool Disconnect()
    {
        bool any = Connected is not null || Implicit is not null;
        Close(Connected);
        Close(Implicit);
        Connected = Implicit = null;
        return any;
    }

    public static void CloseAll()
    {
        lock (s_open)
        {
            foreach (Context context in s_open)
                context.Close();
            s_open.Clear();
        }
    }

    private static void Track(Context context)
    {
        lock (s_open)
            s_open.Add(context);
    }

    private static void Close(Context? context)
    {
        if (context is null)
            return;
        lock (s_open)
            s_open.Remove(context);
        context.Close();
    }
}
