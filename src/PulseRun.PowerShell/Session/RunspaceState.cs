using System;
using System.Collections.Generic;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace PulseRun.PowerShell.Session;

/// <summary>What one runspace is connected to. Not static: two accounts in ForEach-Object -Parallel must not cross.</summary>
internal sealed class RunspaceState
{
    private static readonly ConditionalWeakTable<Runspace, RunspaceState> s_states = new();
    private static readonly List<Context> s_open = [];

    /// <summary>Every connection of this session whose key is still held, the current one and those before it.</summary>
    private readonly List<Context> _opened = [];

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

    /// <summary>Forgets every connection of this session and its key: those that are in variables of the user too.</summary>
    /// <returns>True when there was one.</returns>
    public bool Disconnect()
    {
        Context[] opened;
        lock (s_open)
        {
            opened = _opened.ToArray();
            _opened.Clear();
            s_open.RemoveAll(context => Array.IndexOf(opened, context) >= 0);
        }
        foreach (Context context in opened)
            Connection.Close(context);
        Connected = Implicit = null;
        return opened.Length > 0;
    }

    /// <summary>Closes every connection of the process, when the module is removed. A session keeps its closed one: without it, its next command would silently take the key of the environment or of a profile.</summary>
    public static void CloseAll()
    {
        lock (s_open)
        {
            foreach (Context context in s_open)
                Connection.Close(context, "Remove-Module or Import-Module -Force");
            s_open.Clear();
        }
    }

    private void Track(Context context)
    {
        lock (s_open)
        {
            s_open.Add(context);
            _opened.Add(context);
        }
    }
}
