using System.Runtime.CompilerServices;
using PulseRun.Core.Tracing;

namespace PulseRun.Telemetry;

/// <summary>Creates the services of this assembly.</summary>
public static class TelemetryFactory
{
    /// <summary>Returns what exports commands and requests by OTLP, as the environment variables of OpenTelemetry ask for.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ITracing Create() => new OtlpTracing(OtlpSettings.FromEnvironment());
}
