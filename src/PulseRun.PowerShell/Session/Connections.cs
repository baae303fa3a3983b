using System;
using System.Security;
using PulseRun.PowerShell.Loading;
using PulseRun.Rules;

namespace PulseRun.PowerShell.Session;

/// <summary>Finds the connection a cmdlet works with: the one named, else the current one, else PULSERUN_API_KEY, else the saved profile.</summary>
internal static class Connections
{
    public const string KeyVariable = "PULSERUN_API_KEY";
    public const string BaseUriVariable = "PULSERUN_BASE_URI";

    public static bool HasKeyInEnvironment => EnvironmentKey() is not null;

    /// <summary>The connection for work that no object brought one for.</summary>
    public static Context Current(Context? named)
    {
        if (named is not null)
            return named.IsClosed ? throw Closed() : named;
        return Find() ?? throw NotConnected();
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
        return current.Account == origin.Account ? current : throw Closed();
    }

    /// <summary>Makes a connection out of its parts. One to an emulator lives by the emulator's clock, which may run fast.</summary>
    public static Context Open(ContextSettings settings, Emulator? emulator = null)
    {
        emulator ??= EmulatorRegistry.At(settings.BaseUri);
        Func<DateTimeOffset> clock = emulator is null ? static () => DateTimeOffset.UtcNow : () => emulator.UtcNow;
        string account = Secrets.Account(settings.BaseUri, settings.Key);
        return new Context(settings, account, clock, Libraries.CreateClient) { Seen = SeenFleets.Of(account), ClockRate = emulator?.TimeScale ?? 1 };
    }

    public static SecureString? KeyFromEnvironment() => EnvironmentKey() is { } key ? SecretText.Of(key) : null;

    public static PulseRunException NotConnected() =>
        new(ErrorIds.NotConnected, "There is no connection to PulseRun, " + KeyVariable + " is not set, and no profile is saved.");

    private static string? EnvironmentKey() => Environment.GetEnvironmentVariable(KeyVariable)?.Trim() is { Length: > 0 } key ? key : null;

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
        Context context = Open(new ContextSettings { BaseUri = baseUri, Key = key, Mode = Secrets.Mode(key), Source = "Environment" });
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

    private static PulseRunException Closed() =>
        new(ErrorIds.NotConnected, "The connection this belongs to was closed by Disconnect-PulseRun.");

}
