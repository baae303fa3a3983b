using System;
using System.Collections.Generic;
using System.Threading;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Session;

/// <summary>Holds the stores of this process, opened at their first use: the file of this machine, or the database of a team that the connection, PULSERUN_STORE or the profile chooses.</summary>
internal static class Stores
{
    public const string DataDirVariable = "PULSERUN_DATA_DIR";
    public const string StoreVariable = "PULSERUN_STORE";
    private static readonly object s_lock = new();
    private static readonly Dictionary<StoreChoice, IStore> s_teams = [];

    /// <summary>The choice of the running command. It flows to the threads of the command, so that two runspaces may use two stores.</summary>
    private static readonly AsyncLocal<StoreChoice?> s_selected = new();
    private static StoreChoice? s_last;
    private static IStore? s_store;
    private static string? s_directory;
    private static volatile bool s_hasTeam;

    /// <summary>Gets the store of the running command. The file of this machine is in the folder that PULSERUN_DATA_DIR names now.</summary>
    public static IStore Current => Choice is { } choice ? Team(choice) : Local;

    /// <summary>Gets the store of this machine, whatever was chosen.</summary>
    public static IStore Local
    {
        get
        {
            lock (s_lock)
            {
                string? directory = Environment.GetEnvironmentVariable(DataDirVariable);
                if (s_store is null || s_directory != directory)
                {
                    s_store?.Dispose();
                    s_store = Libraries.OpenStore();
                    s_directory = directory;
                }
                return s_store;
            }
        }
    }

    /// <summary>Gets the store if it is already open; otherwise null. For callers that must not create one.</summary>
    public static IStore? Opened
    {
        get
        {
            lock (s_lock)
            {
                if (Choice is { } choice)
                    return s_teams.TryGetValue(choice, out IStore? team) ? team : null;
                return s_directory == Environment.GetEnvironmentVariable(DataDirVariable) ? s_store : null;
            }
        }
    }

    /// <summary>True when there is a store, opened or not: a team has one, and this machine has its file. Loads no driver.</summary>
    public static bool Exists => IsTeam || Opened is not null || Libraries.HasStore();

    /// <summary>True when the running command uses the store of a team.</summary>
    public static bool IsTeam => Choice is not null;

    private static StoreChoice? Choice => s_selected.Value is { } selected ? selected.OrNull : (Volatile.Read(ref s_last) ?? StoreChoice.Of(null)).OrNull;

    /// <summary>Makes the store of a connection that of the running command and, as long as no other command names one, of the process.</summary>
    public static void Select(Context context)
    {
        StoreChoice choice = StoreChoice.Of(context.Settings);
        // Each item of a pipeline makes this selection. Setting an equal value again would create a new execution context for all asynchronous work that begins afterwards.
        if (s_selected.Value is not { } selected || selected != choice)
            s_selected.Value = choice;
        Volatile.Write(ref s_last, choice);
    }

    /// <summary>Returns the store of a team.</summary>
    /// <exception cref="StoreUnavailableException">The text is wrong.</exception>
    public static ITeamStore Team(StoreChoice choice)
    {
        lock (s_lock)
        {
            if (!s_teams.TryGetValue(choice, out IStore? store))
            {
                s_teams[choice] = store = Libraries.OpenTeamStore(choice.Text!, choice.Password);
                s_hasTeam = true;
            }
            return (ITeamStore)store;
        }
    }

    /// <summary>Returns the clock of the store of a connection minus that of this host, once it was measured. All hosts of a team share that clock.</summary>
    public static TimeSpan ClockOffset(ContextSettings settings)
    {
        if (!s_hasTeam || StoreChoice.Of(settings).OrNull is not { } choice)
            return TimeSpan.Zero;
        lock (s_lock)
            return s_teams.TryGetValue(choice, out IStore? store) ? ((ITeamStore)store).ClockOffset : TimeSpan.Zero;
    }

    /// <summary>Returns the arguments by which a scheduled task finds the stores of this session. That of a profile comes with the profile.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the text of the store has a password, which other users could read.</exception>
    public static List<string> TaskArguments()
    {
        var arguments = new List<string>();
        if (Environment.GetEnvironmentVariable(DataDirVariable) is { } data && !string.IsNullOrWhiteSpace(data))
            arguments.AddRange(["-DataDir", System.IO.Path.GetFullPath(data)]);
        if (StoreChoice.Of(null).Text is { } store)
            arguments.AddRange(["-Store", StoreChoice.Saveable(store)]);
        return arguments;
    }

    /// <summary>True when the store may have notes: that of a team, or the file of this machine when something was noted in it. Loads no driver.</summary>
    public static bool HasNotes => IsTeam || Libraries.HasNotes();

    /// <summary>Returns a pending warning about the store, each only once; null when there is none. Does not open the store.</summary>
    public static string? TakeNotice()
    {
        lock (s_lock)
            return s_store?.TakeNotice();
    }

    public static void Close()
    {
        lock (s_lock)
        {
            s_store?.Dispose();
            s_store = null;
            foreach (IStore team in s_teams.Values)
                team.Dispose();
            s_teams.Clear();
            s_last = null;
            s_hasTeam = false;
        }
    }
}
