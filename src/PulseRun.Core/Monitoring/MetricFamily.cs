using System.Collections.Generic;

namespace PulseRun.Core.Monitoring;

/// <summary>Represents a metric with all its samples. A metric without samples is not exported: absent means unknown.</summary>
/// <param name="Name">The name, which ends with the base unit.</param>
/// <param name="Help">The description of the metric, in one line.</param>
/// <param name="Unit">The unit in the notation of OpenTelemetry (UCUM).</param>
/// <param name="Samples">The samples, each with other labels.</param>
internal sealed record MetricFamily(string Name, string Help, string Unit, IReadOnlyList<MetricSample> Samples);

/// <summary>Represents one sample of a gauge.</summary>
/// <param name="Labels">The labels, in the order in which they are written.</param>
/// <param name="Value">The value, a finite number.</param>
internal readonly record struct MetricSample(IReadOnlyList<KeyValuePair<string, string>> Labels, double Value);
