using System;
using System.Security;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Finds the connection a cmdlet works with: the one named, else the current one, else PULSERUN_API_KEY or PULSERUN_API_KEY_FILE, else the saved profile.</summary>
internal static class Connections
{
    public const string KeyVariable = ChildEnvironment.Key;
    public const string KeyFileVariable = ChildEnvironment.KeyFile;
    public const string BaseUriVariable = "PULSERUN_BASE_URI";

    /// <summary>True when a variable names a key, whether or not it can be had.</summary>
    public static bool HasKeyInEnvironment => EnvironmentKey() is not null || EnvironmentKeyFile() is not null;

    /// <summary>The connection for work that no object brought one for.</summary>
    public static Context Current(Context? named)
    {
        Context context = named ?? Find() ?? throw NotConnected();
        if (context.IsClosed)
            throw Closed(context);
        // A key command runs here, on the pipeline thread and before anything is queued: one failure is one error.
        _ = context.Account;
        return context;
    }

    /// <summary>The connection in force; null when there is none.</summary>
    public static Context? Find() => Find(RunspaceState.Current);

    /// <summary>The same for a runspace of which this thread is not one.</summary>
    public static Context? Find(RunspaceState state) => state.Connected ?? FromEnvironment(state) ?? FromProfile(state);

    /// <summary>The connection for work on <paramref name="item"/>: its own, whatever is current.</summary>
    public static Context For(InstanceReference item, Context? named)
    {
        if (item.Origin is not { } origin)
            return Current(named);
        if (named is not null && named.Account != origin.Account)
        {
            throw new PulseRunException(ErrorIds.ContextMismatch,
                item.Id + " belongs to " + origin + ", not to " + named + ". Nothing was sent.");
        }
        if (!origin.IsClosed)
            return origin;
        // The same account, connected to again, is as good.
        Context current = Current(named);
        return current.Account == origin.Account ? current : throw Closed(origin);
    }

    /// <summary>Makes a connection out of its parts. One to an emulator lives by the emulator's clock, which may run fast.</summary>
    public static Context Open(ContextSettings settings, Emulator? emulator = null)
    {
        emulator ??= EmulatorRegistry.At(settings.BaseUri);
        Func<DateTimeOffset> clock = emulator is null ? static () => DateTimeOffset.UtcNow : () => emulator.UtcNow;
        if (settings.HasKey && !KeyForm.IsSendable(settings.Key))
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The key is empty or holds characters that no key has, such as spaces or line ends. It comes from: " + settings.Source + ".")
            {
                Field = "ApiKey",
            };
        }
        return new Context(settings, () => Secrets.Account(settings.BaseUri, settings.Key), clock) { ClockRate = emulator?.TimeScale ?? 1 };
    }

    /// <summary>Returns the key that a variable holds, or the file that a variable names; null when neither is set.</summary>
    /// <exception cref="PulseRunException">NotConnected: the file cannot be read. No other key is taken in its place, because it would be another account's.</exception>
    public static SecureString? KeyFromEnvironment()
    {
        if (EnvironmentKey() is { } key)
            return SecretText.Of(key);
        return EnvironmentKeyFile() is { } path ? KeyFile.Read(path) : null;
    }

    public static PulseRunException NotConnected() =>
        new(ErrorIds.NotConnected, "There is no connection to PulseRun, neither " + KeyVariable + " nor " + KeyFileVariable + " is set, and no profile is saved.")
        {
            // ForEach-Object -Parallel and Start-ThreadJob have runspaces of their own, and another account must not be used there by chance.
            Advice = RunspaceState.IsAnyConnected
                ? "Another runspace of this session is connected. Take its connection along: $ctx = Get-PRContext, then -Context $using:ctx in the parallel block or job."
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
        new(ErrorIds.NotConnected, "The connection to " + context.BaseUri + " was closed by " + context.ClosedBy + ", and its key is forgotten. Connect again with Connect-PulseRun.");
}
