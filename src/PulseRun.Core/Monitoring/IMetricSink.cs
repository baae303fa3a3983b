using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;

namespace PulseRun.Core.Monitoring;

/// <summary>Sends metrics to a receiver.</summary>
internal interface IMetricSink
{
    /// <summary>Sends metrics once, and returns when the receiver has accepted them.</summary>
    /// <exception cref="PulseRunException">MetricsExportFailed: they were not accepted. The message contains neither the address nor a header.</exception>
    Task SendAsync(IReadOnlyList<MetricFamily> families, System.DateTimeOffset at, ICallObserver observer, CancellationToken cancel);
}
