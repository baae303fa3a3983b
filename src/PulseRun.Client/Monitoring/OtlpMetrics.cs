using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Monitoring;

namespace PulseRun.Client.Monitoring;

/// <summary>
/// Writes metrics as an OTLP request (ExportMetricsServiceRequest of opentelemetry/proto/collector/metrics/v1). Gauges need a few fields of the protocol only,
/// so an export loads nothing of OpenTelemetry and works in Windows PowerShell too.
/// </summary>
internal static class OtlpMetrics
{
    public static byte[] Write(IReadOnlyList<MetricFamily> families, DateTimeOffset at, string service, string version)
    {
        ulong time = (ulong)Math.Max(0, at.ToUnixTimeMilliseconds()) * 1_000_000;
        return new ProtobufWriter().Message(1, resourceMetrics => resourceMetrics
            .Message(1, resource => Attributes(resource, 1, [new("service.name", service), new("service.version", version)]))
            .Message(2, scopeMetrics =>
            {
                scopeMetrics.Message(1, scope => scope.Text(1, "PulseRun").Text(2, version));
                foreach (MetricFamily family in families)
                    scopeMetrics.Message(2, metric => Metric(metric, family, time));
            })).ToArray();
    }

    private static void Metric(ProtobufWriter metric, MetricFamily family, ulong time) => metric
        .Text(1, family.Name)
        .Text(2, family.Help)
        .Text(3, family.Unit)
        .Message(5, gauge =>
        {
            foreach (MetricSample sample in family.Samples)
            {
                gauge.Message(1, point =>
                {
                    point.Fixed(3, time).Double(4, sample.Value);
                    Attributes(point, 7, sample.Labels.Where(static pair => pair.Value.Length > 0));
                });
            }
        });

    private static void Attributes(ProtobufWriter holder, int field, IEnumerable<KeyValuePair<string, string>> pairs)
    {
        foreach (KeyValuePair<string, string> pair in pairs)
            holder.Message(field, attribute => attribute.Text(1, pair.Key).Message(2, value => value.Text(1, pair.Value)));
    }
}
