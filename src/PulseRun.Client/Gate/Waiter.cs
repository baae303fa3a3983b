using System;
using System.Threading.Tasks;
using PulseRun.Client.Http;

namespace PulseRun.Client.Gate;

/// <summary>A request in the queue.</summary>
internal sealed class Waiter(Call call, TimeSpan since, TimeSpan deadline)
    : TaskCompletionSource<Turn>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public Call Call { get; } = call;

    public TimeSpan Since { get; } = since;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Until when it was last told to wait.</summary>
    public TimeSpan ToldUntil { get; set; }
}
