using System;
using System.Diagnostics;
using OpenTelemetry.Exporter;

namespace PulseRun.Telemetry;

/// <summary>Contains the settings that the exporter does not read from the environment as the specification of OpenTelemetry asks. Everything else (endpoints, headers, timeouts, sampler, resource attributes) it reads itself.</summary>
/// <param name="Traces">The protocol for spans; null to export none.</param>
/// <param name="Metrics">The protocol for measurements; null to export none.</param>
internal sealed record OtlpSettings(OtlpExportProtocol? Traces, OtlpExportProtocol? Metrics)
{
    /// <summary>The port that is registered for OTLP over gRPC.</summary>
    private const int GrpcPort = 4317;

    public static OtlpSettings FromEnvironment() => new(
        IsOff("OTEL_TRACES_EXPORTER") ? null : Protocol("TRACES"),
        IsOff("OTEL_METRICS_EXPORTER") ? null : Protocol("METRICS"));

    /// <summary>Returns the span that the commands of this process belong to, from TRACEPARENT and TRACESTATE; none without them. A script can change the variables, so each command reads them.</summary>
    public static ActivityContext Parent() =>
        ActivityContext.TryParse(Read("TRACEPARENT"), Read("TRACESTATE"), isRemote: true, out ActivityContext parent) ? parent : default;

    /// <summary>Returns the protocol of a signal. The default is http/protobuf, as the specification recommends; the exporter's own is gRPC. An endpoint at the port of gRPC is taken as one.</summary>
    private static OtlpExportProtocol Protocol(string signal) =>
        (Read("OTEL_EXPORTER_OTLP_" + signal + "_PROTOCOL") ?? Read("OTEL_EXPORTER_OTLP_PROTOCOL"))?.ToLowerInvariant() switch
        {
#pragma warning disable CS0618 // Marked as obsolete for new code of some targets; the specification requires it.
            "grpc" => OtlpExportProtocol.Grpc,
            null when EndpointPort(signal) == GrpcPort => OtlpExportProtocol.Grpc,
#pragma warning restore CS0618
            _ => OtlpExportProtocol.HttpProtobuf,
        };

    private static int? EndpointPort(string signal) =>
        Uri.TryCreate(Read("OTEL_EXPORTER_OTLP_" + signal + "_ENDPOINT") ?? Read("OTEL_EXPORTER_OTLP_ENDPOINT"), UriKind.Absolute, out Uri? address) ? address.Port : null;

    private static bool IsOff(string variable) => string.Equals(Read(variable), "none", StringComparison.OrdinalIgnoreCase);

    private static string? Read(string variable) => Environment.GetEnvironmentVariable(variable)?.Trim() is { Length: > 0 } text ? text : null;
}
