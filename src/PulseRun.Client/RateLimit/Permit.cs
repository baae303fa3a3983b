using System;
using System.Threading.Tasks;
using PulseRun.Client.Http;

namespace PulseRun.Client.RateLimit;

/// <summary>Represents the admission of one request.</summary>
/// <param name="Generation">The number of pauses before this permit. A rejection that belongs to an earlier pause gives no new information.</param>
/// <param name="Second">The second in which the permit was granted.</param>
/// <param name="IsProbe">True when other requests wait for the outcome of this one.</param>
/// <remarks>This is a class because the framework contains compiled code of its tasks for references, while a struct's would be compiled at the first call.</remarks>
internal sealed record Permit(int Generation, long Second, bool IsProbe)
{
    /// <summary>True when the team wants to know whether the key has a higher limit than the default.</summary>
    public bool IsTeamProbe { get; init; }
}

/// <summary>Specifies how the rate limit responded to a request.</summary>
internal enum PermitOutcome
{
    /// <summary>The answer was not a 429.</summary>
    Accepted,

    /// <summary>The answer was a 429.</summary>
    Rejected,

    /// <summary>There was no answer, which gives no information about the limit.</summary>
    Unknown,
}

/// <summary>Represents a request in the queue.</summary>
internal sealed class Waiter(RequestContext request, TimeSpan since, TimeSpan deadline)
    : TaskCompletionSource<Permit>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public RequestContext Call { get; } = request;

    public TimeSpan Since { get; } = since;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Gets or sets the end of the wait that was last reported to the observer.</summary>
    public TimeSpan ToldUntil { get; set; }

    /// <summary>Gets or sets the message for the observer when the request has its permit; null for nothing.</summary>
    public string? Notice { get; set; }
}
