using System;
using System.Globalization;
using System.Threading.Tasks;
using PulseRun.Core.RateLimit;

namespace PulseRun.Client.RateLimit;

/// <summary>Holds the block of requests that this process has drawn from the allowance of a team, and decides when another one is needed. It does not wait and is not thread-safe: <see cref="RateLimiter"/> does both.</summary>
/// <remarks>Without a reply it goes on slowly, because a store that is away must neither stop reads nor let each host use the whole limit.</remarks>
/// <param name="source">The allowance.</param>
/// <param name="account">The account.</param>
/// <param name="run">Runs work that may block.</param>
internal sealed class SharedAllowance(IRateAllowance source, string account, Func<Func<RateBlock>, Task<RateBlock>> run)
{
    private const int SmallestBlock = 5;
    private const int LargestBlock = 10;

    /// <summary>The share of a host that has never got a reply: the default limit.</summary>
    private const int FirstShare = 60;

    /// <summary>Limits the wait for a reply of the store. Without a reply in time, the host continues at the slow pace.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(200);

    /// <summary>The time after a reply in which a store that is late does not count as unavailable.</summary>
    private static readonly TimeSpan s_recent = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_betweenFailures = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_shortestRetry = TimeSpan.FromMilliseconds(50);

    private readonly MinuteCounter _granted = new();
    private RateBlock _block = RateBlock.None;
    private int _left;
    private TimeSpan _validUntil;
    private TimeSpan _retryAt;
    private TimeSpan _askedAt;
    private TimeSpan _nextSlow;
    private TimeSpan? _lastSlow;
    private int _share = FirstShare;
    private TimeSpan? _repliedAt;
    private int _slow;
    private int _slowInDraw;

    /// <summary>Gets the allowance.</summary>
    public IRateAllowance Source => source;

    /// <summary>True while a reply is awaited.</summary>
    public bool IsAsking { get; private set; }

    /// <summary>True while the store does not reply, so that requests are sent slowly.</summary>
    public bool IsAway { get; private set; }

    /// <summary>Gets the requests per minute without the store: one tenth of the last share.</summary>
    public double SlowPerMinute => Math.Max(1, _share / 10.0);

    /// <summary>Gets the message for a request that was sent without the store.</summary>
    public string Notice => "The store of the team did not answer within 200 ms, so this host sends " + SlowPerMinute.ToString("0.#", CultureInfo.InvariantCulture) + " requests a minute (a tenth of its last share) until it does.";

    private TimeSpan SlowSpacing => TimeSpan.FromSeconds(60 / SlowPerMinute);

    /// <summary>Returns true when a request of the block may be sent.</summary>
    public bool HasBlock(TimeSpan now) => _left > 0 && now < _validUntil;

    /// <summary>Returns true when a request may be sent.</summary>
    public bool CanSend(TimeSpan now) => HasBlock(now) || (IsAway && _nextSlow <= now);

    /// <summary>Returns the time at which the next request may be sent if no reply arrives before.</summary>
    public TimeSpan Next(TimeSpan now) =>
        HasBlock(now) ? TimeSpan.Zero
        : IsAway ? (!IsAsking && _retryAt > now && _retryAt < _nextSlow ? _retryAt : _nextSlow)
        : IsAsking ? _askedAt + s_patience
        : _retryAt > now ? _retryAt : now + s_patience;

    /// <summary>Returns true when another block is needed and it is time to ask for it.</summary>
    public bool IsDue(TimeSpan now) => !IsAsking && !HasBlock(now) && _retryAt <= now;

    /// <summary>Goes on slowly when a reply takes too long. Call it before the other methods.</summary>
    public void MoveTo(TimeSpan now)
    {
        if (IsAsking && !IsAway && now - _askedAt >= s_patience)
            GoSlow(now);
    }

    /// <summary>Asks for a block.</summary>
    public Task<RateBlock> Ask(TimeSpan now, int waiting, int? perMinute)
    {
        IsAsking = true;
        _askedAt = now;
        var draw = new RateDraw(Math.Min(LargestBlock, Math.Max(SmallestBlock, waiting)), perMinute, _block.Id, _left, _slow);
        _left = 0;
        _slowInDraw = _slow;
        return run(() => source.Draw(account, draw));
    }

    /// <summary>Uses a reply. A late one is used too: its requests are valid from the moment of asking.</summary>
    public void Take(RateBlock block, TimeSpan now)
    {
        IsAsking = false;
        IsAway = false;
        _slow -= _slowInDraw;
        _slowInDraw = 0;
        _repliedAt = now;
        _block = block;
        _left = block.Requests;
        _validUntil = _askedAt + block.ValidFor;
        _retryAt = block.Requests > 0 ? TimeSpan.Zero : now + (block.RetryAfter > s_shortestRetry ? block.RetryAfter : s_shortestRetry);
        _granted.MoveTo((long)now.TotalSeconds);
        for (int i = 0; i < block.Requests; i++)
            _granted.Add();
        _share = _granted.Total;
    }

    /// <summary>Goes on slowly after a failure, and asks again after a short time.</summary>
    public void Fail(TimeSpan now)
    {
        IsAsking = false;
        _retryAt = now + s_betweenFailures;
        if (!IsAway)
            GoSlow(now);
    }

    /// <summary>Records that a request is sent. Returns true when it is a probe.</summary>
    public bool Use(TimeSpan now)
    {
        if (HasBlock(now))
        {
            _left--;
            return _block.IsProbe;
        }
        _slow++;
        _lastSlow = now;
        _nextSlow = now + SlowSpacing;
        return false;
    }

    /// <summary>Records a rejection for all hosts, or the acceptance of a probe. A store that is away learns nothing.</summary>
    public void Report(bool isAccepted, TimeSpan wait) => _ = Forget(run(() =>
    {
        if (isAccepted)
            source.Lift(account);
        else
            source.Hold(account, wait);
        return RateBlock.None;
    }));

    private static async Task Forget(Task<RateBlock> work)
    {
        try
        {
#pragma warning disable VSTHRD003 // The task runs on the thread pool and needs no thread of the caller.
            await work;
#pragma warning restore VSTHRD003
        }
#pragma warning disable CA1031 // Whatever fails in the store, requests go on.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private void GoSlow(TimeSpan now)
    {
        IsAway = true;
        _nextSlow = now;
        if (_lastSlow is { } last && last + SlowSpacing > _nextSlow)
            _nextSlow = last + SlowSpacing;
        // A store that replied a moment ago is only late, so wait for it. If its reply granted nothing, wait for longer before a request is sent without a block.
        if (_repliedAt is { } replied && replied + (_block.Requests > 0 ? s_recent : SlowSpacing) is var early && early > _nextSlow)
            _nextSlow = early;
    }
}
