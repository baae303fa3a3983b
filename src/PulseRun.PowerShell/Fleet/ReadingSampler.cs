using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Takes one reading of an instance: from the API, and by ssh where the API has none and an ssh client is given.</summary>
/// <param name="context">The connection.</param>
/// <param name="ssh">Reads by ssh; null to use the API only.</param>
internal sealed class ReadingSampler(Context context, SshReader? ssh)
{
    /// <summary>Returns the reading.</summary>
    /// <param name="instance">The instance, as listed just now.</param>
    /// <param name="window">The time window for an act that follows the reading; it starts when the reading is sent. Null when no act follows.</param>
    /// <param name="observer">Receives notifications about the requests.</param>
    /// <param name="cancel">Cancels the reading.</param>
    /// <exception cref="PulseRunException">The API has no reading, and neither has the instance by ssh. The error is that of the API.</exception>
    public async Task<InstanceMetrics> ReadAsync(Instance instance, ActWindow? window, ICallObserver observer, CancellationToken cancel)
    {
        PulseRunException? failure = null;
        InstanceMetrics? answer = null;
        try
        {
            answer = window is null
                ? await Connection.Of(context).Client.GetMetricsAsync(instance.Id, observer, cancel).ConfigureAwait(false)
                : await Connection.Of(context).Client.GetMetricsAsync(instance.Id, window, observer, cancel).ConfigureAwait(false);
            // A load that the API does report is never replaced: it may be the only sign of work.
            if (ssh is null || answer.IsDoubtful || Reading.From(answer).PeakGpu is not null)
                return answer;
        }
        catch (PulseRunException error) when (ssh is not null && error.ErrorId is (ErrorIds.InstanceNotFound or ErrorIds.ServerError or ErrorIds.MalformedResponse))
        {
            failure = error;
        }
        try
        {
            window?.Start(Age());
            if (await ssh!.ReadAsync(instance, observer, cancel).ConfigureAwait(false) is { } output)
                return output.ToMetrics(instance.Id, context.UtcNow);
        }
        catch (PulseRunException error)
        {
            observer.Verbose("The API has no metrics of " + instance.Id + ", and ssh has none either. " + error.Message);
        }
        return answer ?? throw failure!;
    }

    private static Func<TimeSpan> Age()
    {
        var clock = Stopwatch.StartNew();
        return () => clock.Elapsed;
    }
}
