using System;
using PulseRun.Core.Completion;

namespace PulseRun;

/// <summary>A connection to PulseRun: where to, with whose key, and how patiently. Never the key itself.</summary>
public sealed class Context
{
    private readonly Lazy<IPulseRunClient> _client;
    private readonly Func<DateTimeOffset> _now;
    private volatile bool _closed;

    private readonly Func<string> _makeAccount;
    private string? _account;
    private CompletionCache? _seen;

    internal Context(ContextSettings settings, string account, Func<DateTimeOffset> now, Func<Context, IPulseRunClient> createClient)
        : this(settings, () => account, now, createClient)
    {
    }

    /// <summary>Makes a context whose key may come later: the account is computed at its first use.</summary>
    internal Context(ContextSettings settings, Func<string> account, Func<DateTimeOffset> now, Func<Context, IPulseRunClient> createClient)
    {
        Settings = settings;
        _makeAccount = account;
        ConnectedAt = now();
        _now = now;
        _client = new Lazy<IPulseRunClient>(() => createClient(this));
    }

    /// <summary>The profile's name; null without one.</summary>
    public string? Profile => Settings.Profile;

    /// <summary>The address all requests go to, without <c>/v1</c>.</summary>
    public Uri BaseUri => Settings.BaseUri;

    /// <summary><c>live</c>, <c>test</c> (sandbox), <c>emulator</c>, or <c>unknown</c> when the key's form does not tell, or a key command has not run yet.</summary>
    public string Mode => Settings.Mode ?? (Settings.HasKey && !IsClosed ? PulseRun.Core.Text.KeyForm.Mode(Settings.Key) : "unknown");

    /// <summary>Where the key came from: <c>Parameter</c>, <c>Command</c>, <c>Environment</c>, <c>Profile</c> or <c>Emulator</c>.</summary>
    public string Source => Settings.Source;

    /// <summary>The pace in requests per minute; null when only the server's refusals set it.</summary>
    public int? RequestsPerMinute => Settings.RequestsPerMinute;

    /// <summary>How long one request may take, from sending to the end of the answer (default 100 s).</summary>
    public TimeSpan Timeout => Settings.Timeout;

    /// <summary>How long a request may wait for its turn under the rate limit (default 600 s).</summary>
    public TimeSpan MaxWait => Settings.MaxWait;

    /// <summary>What New-PRInstance lets the whole fleet burn, in dollars per hour; null for no lid.</summary>
    public decimal? MaxFleetCostPerHour => Settings.MaxFleetCostPerHour;

    /// <summary>When this connection was made (UTC).</summary>
    public DateTimeOffset ConnectedAt { get; }

    internal ContextSettings Settings { get; }

    /// <summary>Tells accounts apart without knowing keys: a digest of address and key. Two contexts with one account share the rate limit.</summary>
    internal string Account => _account ??= _makeAccount();

    /// <summary>The time where this connection lives: the emulator's clock may run fast.</summary>
    internal DateTimeOffset UtcNow => _now();

    /// <summary>True when the server is on this machine (an emulator): only such a server may name addresses of this machine.</summary>
    internal bool IsLocal => BaseUri.IsLoopback || Settings.Handler is not null;

    /// <summary>How fast the server's clock runs: an emulator's may run faster than real time.</summary>
    internal double ClockRate { get; init; } = 1;

    /// <summary>True after Disconnect-PulseRun: its key is gone.</summary>
    internal bool IsClosed => _closed;

    internal IPulseRunClient Client => _client.Value;

    /// <summary>What this process has seen of the account's instances; all connections to one account share it.</summary>
    internal CompletionCache Seen
    {
        get => _seen ??= SeenOf(Account);
        init => _seen = value;
    }

    /// <summary>Returns what the connections of an account share.</summary>
    internal Func<string, CompletionCache> SeenOf { get; init; } = static _ => new CompletionCache(static () => TimeSpan.Zero);

    /// <summary>What closed it, for the error of its next use.</summary>
    internal string ClosedBy { get; private set; } = "Disconnect-PulseRun";

    /// <summary>Closes it and forgets its key. Repeating it does nothing.</summary>
    /// <param name="by">What closes it; null for Disconnect-PulseRun.</param>
    internal void Close(string? by = null)
    {
        if (_closed)
            return;
        ClosedBy = by ?? ClosedBy;
        _closed = true;
        if (_client.IsValueCreated)
            _client.Value.Dispose();
        Settings.Dispose();
    }

    /// <summary>Answers the address, so that a context in a string reads well.</summary>
    public override string ToString() => Profile is null ? BaseUri.ToString() : Profile + " (" + BaseUri + ")";
}
