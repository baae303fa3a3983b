using System;
using System.Threading;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>A connection to PulseRun: the address, whose key is used, and the limits of requests. Never the key itself.</summary>
public sealed class Context
{
    /// <summary>The difference between the clocks of this machine and of a server on this machine from which the server's clock counts as moved.</summary>
    internal static readonly TimeSpan LargestLocalSkew = TimeSpan.FromMinutes(5);

    /// <summary>The precision of Date headers, with the time that an answer takes to arrive.</summary>
    private static readonly TimeSpan s_agreement = TimeSpan.FromSeconds(3);

    private readonly Func<DateTimeOffset> _now;
    private readonly Func<string> _makeAccount;
    private readonly object _lock = new();
    private string? _account;
    private long _correction;
    private volatile bool _closed;

    internal Context(ContextSettings settings, string account, Func<DateTimeOffset> now)
        : this(settings, () => account, now)
    {
    }

    /// <summary>Makes a context whose key may come later: the account is computed at its first use.</summary>
    internal Context(ContextSettings settings, Func<string> account, Func<DateTimeOffset> now)
    {
        Settings = settings;
        _makeAccount = account;
        ConnectedAt = now();
        _now = now;
    }

    /// <summary>The profile's name; null without one.</summary>
    public string? Profile => Settings.Profile;

    /// <summary>The address all requests go to, without <c>/v1</c>.</summary>
    public Uri BaseUri => Settings.BaseUri;

    /// <summary><c>live</c>, <c>test</c> (sandbox), <c>emulator</c>, or <c>unknown</c> when the key's form does not tell, or a key command has not run yet.</summary>
    public string Mode => Settings.Mode ?? (Settings.HasKey && !IsClosed ? KeyForm.Mode(Settings.Key) : "unknown");

    /// <summary>Gets the source of the key: <c>Parameter</c>, <c>Command</c>, <c>Environment</c>, <c>Profile</c> or <c>Emulator</c>.</summary>
    public string Source => Settings.Source;

    /// <summary>The pace in requests per minute; null when only the server's refusals set it.</summary>
    public int? RequestsPerMinute => Settings.RequestsPerMinute;

    /// <summary>Gets the time limit of one request, from sending to the end of the answer (default 100 s).</summary>
    public TimeSpan Timeout => Settings.Timeout;

    /// <summary>Gets the longest time that a request may wait for the rate limit (default 600 s).</summary>
    public TimeSpan MaxWait => Settings.MaxWait;

    /// <summary>The most that the whole fleet may cost after a launch of New-PRInstance, in dollars per hour; null for no limit.</summary>
    public decimal? MaxFleetCostPerHour => Settings.MaxFleetCostPerHour;

    /// <summary>Gets the time at which this connection was made (UTC).</summary>
    public DateTimeOffset ConnectedAt { get; }

    /// <summary>Gets the settings of the connection, including the key.</summary>
    internal ContextSettings Settings { get; }

    /// <summary>A digest of address and key, which tells accounts apart without knowing keys. Two contexts with one account share the rate limit.</summary>
    internal string Account => _account ??= _makeAccount();

    /// <summary>Gets the service that notes belong to: the address. An emulator in this process is a service of its own, because all of them have one address.</summary>
    internal string Service => Settings.Handler is null ? BaseUri.AbsoluteUri : BaseUri.AbsoluteUri + "#" + Account;

    /// <summary>The time where this connection lives: the emulator's clock may run fast.</summary>
    internal DateTimeOffset UtcNow => _now() + Correction;

    /// <summary>True when the clock of the connection follows the Date header of the server, once that differs by more than <see cref="LargestLocalSkew"/>: a server on this machine with another time is a simulation whose clock is moved.</summary>
    internal bool FollowsServer { get; init; }

    /// <summary>Gets how far the clock of the connection was moved to follow the server; zero when it was not.</summary>
    internal TimeSpan Correction => new(Interlocked.Read(ref _correction));

    /// <summary>True when the server is on this machine (an emulator): only such a server may name addresses of this machine.</summary>
    internal bool IsLocal => BaseUri.IsLoopback || Settings.Handler is not null;

    /// <summary>Gets the speed of the server's clock. An emulator's clock can run faster than real time.</summary>
    internal double ClockRate { get; init; } = 1;

    /// <summary>Gets what returns true when a program such as faketime has moved the clock of this process; null when that does not matter, as the server is elsewhere.</summary>
    internal Func<bool>? IsProcessMoved { get; init; }

    /// <summary>True when the clock of the connection is not this machine's: an emulator of this process has its own, and PULSERUN_CLOCK_OFFSET moves that of a connection to a server on this machine.</summary>
    internal bool HasMovedClock { get; init; }

    /// <summary>True after Disconnect-PulseRun: the key is gone.</summary>
    internal bool IsClosed => _closed;

    /// <summary>Gets the command that closed the connection, for the error of its next use.</summary>
    internal string ClosedBy { get; private set; } = "Disconnect-PulseRun";

    /// <summary>Moves the clock of the connection to that of the server, if it follows the server.</summary>
    /// <param name="skew">The server's time minus that of the connection.</param>
    internal void Follow(TimeSpan skew)
    {
        if (FollowsServer && skew.Duration() > (Correction == TimeSpan.Zero ? LargestLocalSkew : s_agreement) && IsProcessMoved?.Invoke() != true)
            Interlocked.Add(ref _correction, skew.Ticks);
    }

    /// <summary>Closes the connection and forgets its key. Repeating it does nothing.</summary>
    /// <param name="by">The command or event that closes it; null for Disconnect-PulseRun.</param>
    /// <param name="release">Ends what uses the connection, after it counts as closed and before its key is forgotten; null for nothing.</param>
    internal void Close(string? by = null, Action? release = null)
    {
        lock (_lock)
        {
            if (_closed)
                return;
            ClosedBy = by ?? ClosedBy;
            _closed = true;
        }
        release?.Invoke();
        Settings.Dispose();
    }

    /// <summary>Returns the address, so that a context in a string reads well.</summary>
    public override string ToString() => Profile is null ? BaseUri.ToString() : Profile + " (" + BaseUri + ")";
}
