using System;
using System.Threading.Tasks;
using PulseRun.Client.Http;

namespace PulseRun.Client.RateLimit;

/// <summary>Leave to send one request.</summary>
/// <param name="Generation">Which pause it came after: a refusal of an older turn says nothing new.</param>
/// <param name="Second">When it was given.</param>
/// <param name="IsProbe">Whether the others wait for its outcome.</param>
internal readonly record struct Permit(int Generation, long Second, bool IsProbe);

/// <summary>What the rate limit said to a request.</summary>
internal enum PermitOutcome
{
    /// <summary>Anything but 429.</summary>
    Accepted,

    /// <summary>429.</summary>
    Rejected,

    /// <summary>No answer: it tells nothing about the limit.</summary>
    Unknown,
}

/// <summary>A request in the queue.</summary>
internal sealed class Waiter(RequestContext request, TimeSpan since, TimeSpan deadline)
    : TaskCompletionSource<Permit>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public RequestContext Call { get; } = request;

    public TimeSpan Since { get; } = since;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Until when it was last told to wait.</summary>
    public TimeSpan ToldUntil { get; set; }
}
