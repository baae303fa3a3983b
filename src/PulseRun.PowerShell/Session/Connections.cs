using System;
using System.Globalization;
using System.Security;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Finds the connection of a cmdlet. The order is: -Context, the current connection, PULSERUN_API_KEY or PULSERUN_API_KEY_FILE, the saved profile.</summary>
internal static class Connections
{
    public const string KeyVariable = ChildEnvironment.Key;
    public const string KeyFileVariable = ChildEnvironment.KeyFile;
    public const string BaseUriVariable = "PULSERUN_BASE_URI";

    /// <summary>The variable that moves the clock of connections to a server on this machine, for tests with processes of their own.</summary>
    private const string ClockOffsetVariable = "PULSERUN_CLOCK_OFFSET";

    private static readonly TimeSpan s_largestOffset = TimeSpan.FromDays(3650);

    /// <summary>True when an environment variable specifies a key, whether or not the key can be read.</summary>
    public static bool HasKeyInEnvironment => EnvironmentKey() is not null || EnvironmentKeyFile() is not null;

    /// <summary>Returns the connection for work that belongs to no input object.</summary>
    public static Context Current(Context? named)
    {
        Context context = named ?? Find() ?? throw NotConnected();
        if (context.IsClosed)
            throw Closed(context);
        Stores.Select(context);
        // Reads the key, so that a key command runs here, on the pipeline thread and before anything is queued. Its failure is then one error and not one per item.
        _ = context.Account;
        return context;
    }

    /// <summary>Returns the current connection; null when there is none.</summary>
    public static Context? Find() => Find(RunspaceState.Current);

    /// <summary>Returns the connection of another runspace; null when there is none.</summary>
    public static Context? Find(RunspaceState state) => state.Connected ?? FromEnvironment(state) ?? FromProfile(state);

    /// <summary>Returns the connection for work on <paramref name="item"/>: the connection that returned the object, even when another one is current.</summary>
    public static Context For(InstanceReference item, Context? named) => For(item.Origin, item.Id, named);

    /// <summary>Returns the connection for work on an object of any kind.</summary>
    /// <param name="source">The connection that returned the object; null when it is named by an id.</param>
    /// <param name="id">The id of the object, for the message.</param>
    /// <param name="named">The connection that -Context names; null without it.</param>
    public static Context For(Context? source, string id, Context? named)
    {
        if (source is not { } origin)
            return Current(named);
        if (named is not null && named.Account != origin.Account)
        {
            throw new PulseRunException(ErrorIds.ContextMismatch,
                id + " belongs to " + origin + ", not to " + named + ". Nothing was sent.");
        }
        if (!origin.IsClosed)
        {
            Stores.Select(origin);
            return origin;
        }
        // If the connection of the object was closed, a current connection to the same account is equivalent.
        Context current = Current(named);
        return current.Account == origin.Account ? current : throw Closed(origin);
    }

    /// <summary>Creates a connection. A connection to an emulator uses the emulator's clock, which may run faster than real time.</summary>
    public static Context Open(ContextSettings settings, Emulator? emulator = null)
    {
        emulator ??= EmulatorRegistry.At(settings.BaseUri);
        TimeSpan offset = ClockOffset(settings.BaseUri);
        Func<DateTimeOffset> clock = emulator is not null ? () => emulator.UtcNow
            : offset == TimeSpan.Zero ? () => DateTimeOffset.UtcNow + Stores.ClockOffset(settings)
            : () => DateTimeOffset.UtcNow + offset;
        if (settings.HasKey && !KeyForm.IsSendable(settings.Key))
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The key is empty or contains characters that no key has, such as spaces or line breaks. Its source is: " + settings.Source + ".")
            {
                Field = "ApiKey",
            };
        }
        bool isElsewhere = emulator is null && offset == TimeSpan.Zero && settings.BaseUri.IsLoopback && settings.Handler is null;
        return new Context(settings, () => Secrets.Account(settings.BaseUri, settings.Key), clock)
        {
            ClockRate = emulator?.TimeScale ?? 1,
            HasMovedClock = emulator is not null || offset != TimeSpan.Zero,
            FollowsServer = isElsewhere,
            // A person who moves the clock of this process decides what time it is. Looked up when it matters, because it reads files of the system.
            IsProcessMoved = isElsewhere ? static () => MachineClock.IsMoved : null,
        };
    }

    /// <summary>Returns how far PULSERUN_CLOCK_OFFSET (a time span, such as 01:30:00) moves the clock of a connection to a server on this machine; zero for any other server, because a moved clock makes verdicts on real instances wrong.</summary>
    private static TimeSpan ClockOffset(Uri address) =>
        address.IsLoopback && Environment.GetEnvironmentVariable(ClockOffsetVariable) is { Length: > 0 } text
            && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan offset) && offset.Duration() < s_largestOffset
            ? offset
            : TimeSpan.Zero;

    /// <summary>Returns the key from PULSERUN_API_KEY, or from the file that PULSERUN_API_KEY_FILE names; null when neither is set.</summary>
    /// <exception cref="PulseRunException">NotConnected: the file cannot be read. No other key is used instead, because it could belong to another account.</exception>
    public static SecureString? KeyFromEnvironment()
    {
        if (EnvironmentKey() is { } key)
            return SecretText.Of(key);
        return EnvironmentKeyFile() is { } path ? KeyFile.Read(path) : null;
    }

    public static PulseRunException NotConnected() =>
        new(ErrorIds.NotConnected, "There is no connection to PulseRun, neither " + KeyVariable + " nor " + KeyFileVariable + " is set, and no profile is saved.")
        {
            // ForEach-Object -Parallel and Start-ThreadJob use other runspaces, which must not use another account by accident.
            Advice = RunspaceState.IsAnyConnected
                ? "Another runspace of this session is connected. Pass its connection: run $ctx = Get-PRContext, and use -Context $using:ctx in the parallel block or job."
                : HostEnvironment.IsJobProcess
                    ? "A job of Start-Job is another process and has no connection. Connect in it: Start-Job { Connect-PulseRun -Profile night; ... }, or set PULSERUN_API_KEY, which it inherits. Start-ThreadJob shares this process: there, use -Context $using:ctx."
                    : null,
        };

    private static string? EnvironmentKey() => Environment.GetEnvironmentVariable(KeyVariable)?.Trim() is { Length: > 0 } key ? key : null;

    private static string? EnvironmentKeyFile() => Environment.GetEnvironmentVariable(KeyFileVariable)?.Trim() is { Length: > 0 } path ? path : null;

    private static Context? FromEnvironment(RunspaceState state)
    {
        if (KeyFromEnvironment() is not { } key)
            return null;
        Uri baseUri = BaseUris.Parse(Environment.GetEnvironmentVariable(BaseUriVariable));
        if (state.Implicit is { IsClosed: false } known && known.Account == Secrets.Account(baseUri, key))
        {
            key.Dispose();
            return known;
        }
        Context context = Open(new ContextSettings { BaseUri = baseUri, Key = key, Source = "Environment" });
        state.ConnectImplicitly(context);
        return context;
    }

    private static Context? FromProfile(RunspaceState state)
    {
        if (state.Implicit is { IsClosed: false, Source: "Profile" } known)
            return known;
        if (Profiles.Load(null) is not { } settings)
            return null;
        Context context = Open(settings);
        state.ConnectImplicitly(context);
        return context;
    }

    private static PulseRunException Closed(Context context) =>
        new(ErrorIds.NotConnected, "The connection to " + context.BaseUri + " was closed by " + context.ClosedBy + ", and its key was erased. Connect again with Connect-PulseRun.");
}
