using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Wire;
using PulseRun.Contracts;
using PulseRun.Rules;

namespace PulseRun.Client;

/// <content>The metrics of one instance.</content>
internal static partial class Operations
{
    public static readonly Operation Metrics = new("GET", ApiPaths.Metrics, "Reading the metrics of instance {0}", ErrorIds.InstanceNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);
}

/// <content>The metrics of one instance.</content>
internal sealed partial class PulseRunClient
{
    public async Task<InstanceMetrics> GetMetricsAsync(string id, ICallObserver observer, CancellationToken cancel)
    {
        InstanceIds.Check(id);
        var call = _sender.NewCall(Operations.Metrics, id, observer, cancel);
        var answer = await _sender.RunAsync(call, attempt => _api.Metrics(id, attempt, attempt.Token), _answers.ObjectAsync);
        return MetricsReader.Read(id, answer, _context, _redactor);
    }
}
