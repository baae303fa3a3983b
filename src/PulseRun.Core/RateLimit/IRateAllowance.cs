using System;

namespace PulseRun.Core.RateLimit;

/// <summary>Shares the requests of one key between all hosts of a team. Hosts draw blocks of requests, so that a request costs no access to the store.</summary>
/// <remarks>Any member may throw <see cref="StoreUnavailableException"/>, and may take as long as the store does not answer.</remarks>
internal interface IRateAllowance
{
    /// <summary>Draws a block of requests.</summary>
    RateBlock Draw(string account, RateDraw draw);

    /// <summary>Records that the server rejected a request, so that no host draws a block before the wait is over.</summary>
    void Hold(string account, TimeSpan wait);

    /// <summary>Records that the server accepted the request of a probe: the key has a higher limit than the default.</summary>
    void Lift(string account);
}

/// <summary>Represents what a host asks for.</summary>
/// <param name="Wanted">The number of requests.</param>
/// <param name="PerMinute">The requests per minute that the user set; null for none.</param>
/// <param name="Returned">The id of an earlier block that expired; 0 for none.</param>
/// <param name="Unused">The number of requests of that block that were not sent.</param>
/// <param name="Slow">The number of requests that were sent without a block since the last draw, because the store did not answer in time.</param>
internal sealed record RateDraw(int Wanted, int? PerMinute = null, long Returned = 0, int Unused = 0, int Slow = 0);

/// <summary>Represents a block of requests.</summary>
/// <param name="Id">The id of the block; 0 for none.</param>
/// <param name="Requests">The number of requests that may be sent; 0 when there are none at present.</param>
/// <param name="ValidFor">The time for which they may be sent, counted from the moment at which the block was asked for.</param>
/// <param name="RetryAfter">The time after which to ask again, for a block without requests.</param>
/// <param name="IsProbe">True when the request exceeds the known limit, to find out whether the key has a higher one.</param>
internal sealed record RateBlock(long Id, int Requests, TimeSpan ValidFor, TimeSpan RetryAfter, bool IsProbe = false)
{
    public static readonly RateBlock None = new(0, 0, TimeSpan.Zero, TimeSpan.Zero);
}
