using System;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Core.Client;

namespace PulseRun.Client;

/// <content>The metrics of one instance.</content>
internal static partial class Operations
{
    public static readonly Operation Metrics = new("GET", ApiPaths.Metrics, "Reading the metrics of instance {0}", ErrorIds.InstanceNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);
}

/// <content>The metrics of one instance.</content>
internal sealed partial class PulseRunClient
{
    public Task<InstanceMetrics> GetMetricsAsync(string id, ICallObserver observer, CancellationToken cancel) => ReadMetricsAsync(id, null, observer, cancel);

    public Task<InstanceMetrics> GetMetricsAsync(string id, ActWindow window, ICallObserver observer, CancellationToken cancel) => ReadMetricsAsync(id, window, observer, cancel);

    private async Task<InstanceMetrics> ReadMetricsAsync(string id, ActWindow? window, ICallObserver observer, CancellationToken cancel)
    {
        var request = _executor.NewCall(Operations.Metrics, id, observer, cancel);
        TimeSpan? age = null;
        var answer = await _executor.RunAsync(
            request,
            attempt =>
            {
                Start(window);
                return _api.Metrics(id, attempt, attempt.Token);
            },
            (response, attempt) =>
            {
                age = response.Headers.Age;
                return _answers.ObjectAsync(response, attempt);
            });
        if (MetricsReader.IsForeign(id, answer))
            throw Failures.Malformed(request, "the answer is about another instance").Error;
        return MetricsReader.Read(id, answer, _context, _clock.Skew, age, _redactor);
    }
}
