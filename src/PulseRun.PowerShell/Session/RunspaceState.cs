using System;
using System.Collections.Generic;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;

namespace PulseRun.PowerShell.Session;

/// <summary>Holds the connections of one runspace. They are not static, because two runspaces of ForEach-Object -Parallel can use different accounts.</summary>
internal sealed class RunspaceState
{
    private static readonly ConditionalWeakTable<Runspace, RunspaceState> s_states = new();
    private static readonly List<(RunspaceState State, Context Context)> s_open = [];

    // Weak, because a state must not keep its runspace alive.
    private readonly WeakReference<Runspace> _runspace = new(Runspace.DefaultRunspace);

    /// <summary>Every connection of this session whose key is in memory: the current one and earlier ones.</summary>
    private readonly List<Context> _opened = [];

    /// <summary>Gets the state of the runspace of this thread.</summary>
    public static RunspaceState Current => s_states.GetOrCreateValue(Runspace.DefaultRunspace);

    /// <summary>Gets the connection of Connect-PulseRun; null before it and after Disconnect-PulseRun.</summary>
    public Context? Connected { get; private set; }

    /// <summary>Gets the connection from the environment or the saved profile, which is used while <see cref="Connected"/> is null.</summary>
    public Context? Implicit { get; private set; }

    /// <summary>True when a runspace of this process that is still open has an open connection.</summary>
    public static bool IsAnyConnected
    {
        get
        {
            lock (s_open)
                return s_open.Exists(static one => !one.Context.IsClosed && one.State.IsRunspaceOpen);
        }
    }

    private bool IsRunspaceOpen =>
        _runspace.TryGetTarget(out Runspace? runspace) && runspace.RunspaceStateInfo.State == System.Management.Automation.Runspaces.RunspaceState.Opened;

    public void Connect(Context context)
    {
        Track(context);
        // The previous connection is not closed, because the user's variables may still contain objects of it.
        Connected = context;
    }

    public void ConnectImplicitly(Context context)
    {
        Track(context);
        Implicit = context;
    }

    /// <summary>Closes every connection of this session and erases its key, including those that the user's variables hold.</summary>
    /// <returns>True when there was a connection.</returns>
    public bool Disconnect()
    {
        Context[] opened;
        lock (s_open)
        {
            opened = _opened.ToArray();
            _opened.Clear();
            s_open.RemoveAll(one => Array.IndexOf(opened, one.Context) >= 0);
        }
        foreach (Context context in opened)
            Connection.Close(context);
        Connected = Implicit = null;
        return opened.Length > 0;
    }

    /// <summary>Closes every connection of the process. Called when the module is removed. Each session keeps its closed connection, so that its next command fails instead of silently using the key of the environment or of a profile.</summary>
    public static void CloseAll()
    {
        lock (s_open)
        {
            foreach ((_, Context context) in s_open)
                Connection.Close(context, "Remove-Module or Import-Module -Force");
            s_open.Clear();
        }
    }

    private void Track(Context context)
    {
        lock (s_open)
        {
            s_open.Add((this, context));
            _opened.Add(context);
        }
    }
}
