using System.Collections.Generic;

namespace PulseRun.Core.Tracing;

/// <summary>Holds what traces this process. Nothing does unless an environment variable asks for it, so each place that is traced costs one comparison with null.</summary>
internal static class Traces
{
    /// <summary>The event of a wait for the rate limit.</summary>
    public const string Wait = "pulserun.rate_limit.wait";

    /// <summary>The event of a further attempt after a failure.</summary>
    public const string Retry = "pulserun.retry";

    private static volatile ITracing? s_current;

    /// <summary>Gets or sets what traces this process; null when nothing does.</summary>
    public static ITracing? Current { get => s_current; set => s_current = value; }

    /// <summary>Returns one detail of an event.</summary>
    public static KeyValuePair<string, object?> Detail(string name, object? value) => new(name, value);
}
