using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using PulseRun.Core.Tracing;

namespace PulseRun.Telemetry;

/// <summary>Traces with the runtime's own ActivitySource and Meter, and exports with OpenTelemetry's OTLP exporter.</summary>
internal sealed class OtlpTracing : ITracing
{
    /// <summary>The name of the source of spans and of the meter.</summary>
    public const string Name = "PulseRun";

    private const string RequestDuration = "http.client.request.duration";
    private const string CommandDuration = "pulserun.cmdlet.duration";
    private const string LimitWait = "pulserun.rate_limit.wait.duration";

    /// <summary>Limits the time by which the export may delay the end of the process.</summary>
    private static readonly TimeSpan s_lastFlush = TimeSpan.FromMilliseconds(480);

    /// <summary>The boundaries that the HTTP conventions of OpenTelemetry recommend, in seconds.</summary>
    private static readonly double[] s_requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    /// <summary>Commands and waits last from a moment to an hour, in seconds.</summary>
    private static readonly double[] s_commandSeconds = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 3600];

    private readonly ActivitySource _source;
    private readonly Meter _meter;
    private readonly Histogram<double> _requests;
    private readonly Histogram<double> _commands;
    private readonly Histogram<double> _waits;
    private readonly TracerProvider? _traces;
    private readonly MeterProvider? _metrics;
    private int _disposed;

    public OtlpTracing(OtlpSettings settings)
    {
        string version = typeof(OtlpTracing).Assembly.GetName().Version?.ToString(3) ?? "";
        _source = new ActivitySource(Name, version);
        _meter = new Meter(Name, version);
        _requests = _meter.CreateHistogram<double>(RequestDuration, "s", "Duration of HTTP client requests.");
        _commands = _meter.CreateHistogram<double>(CommandDuration, "s", "Duration of cmdlets.");
        _waits = _meter.CreateHistogram<double>(LimitWait, "s", "Time that requests waited for the rate limit before they were sent.");
        if (settings.Traces is { } traces)
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(Resource(version))
                .AddSource(Name)
                .AddOtlpExporter(options => options.Protocol = traces)
                .Build();
        }
        if (settings.Metrics is { } metrics)
        {
            _metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(Resource(version))
                .AddMeter(Name)
                .AddView(RequestDuration, new ExplicitBucketHistogramConfiguration { Boundaries = s_requestSeconds })
                .AddView(CommandDuration, new ExplicitBucketHistogramConfiguration { Boundaries = s_commandSeconds })
                .AddView(LimitWait, new ExplicitBucketHistogramConfiguration { Boundaries = s_commandSeconds })
                .AddOtlpExporter(options => options.Protocol = metrics)
                .Build();
        }
        AppDomain.CurrentDomain.ProcessExit += OnExit;
    }

    public ISpan StartCommand(string name)
    {
        ActivityContext parent = Activity.Current?.Context ?? OtlpSettings.Parent();
        Activity? activity = Start(name, ActivityKind.Internal, parent, [new("pulserun.cmdlet.name", name)]);
        return new Span(activity, _commands, new TagList { { "pulserun.cmdlet.name", name } });
    }

    public ISpan StartRequest(ISpan? parent, RequestFacts request)
    {
        ActivityContext context = (parent as Span)?.Context ?? Activity.Current?.Context ?? OtlpSettings.Parent();
        var tags = new TagList
        {
            { "http.request.method", request.Method },
            { "server.address", request.Host },
            { "server.port", request.Port },
            { "url.template", request.Template },
        };
        Activity? activity = Start(request.Method + " " + request.Template, ActivityKind.Client, context,
            [.. tags, new("url.full", request.Url), .. request.Resends > 0 ? [new("http.request.resend_count", request.Resends)] : Array.Empty<KeyValuePair<string, object?>>()]);
        var span = new Span(activity, _requests, tags);
        if (request.Waited > TimeSpan.Zero)
            span.AddEvent(Traces.Wait, Traces.Detail("pulserun.wait.seconds", request.Waited.TotalSeconds));
        return span;
    }

    public void RateLimitWait(TimeSpan waited) => _waits.Record(waited.TotalSeconds);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        Shutdown();
        _source.Dispose();
        _meter.Dispose();
    }

    /// <summary>Starts an activity without making it the current one of the pipeline thread: the commands of a pipeline take turns on it, and a request of the user's own script must not become a part of them.</summary>
    private Activity? Start(string name, ActivityKind kind, ActivityContext parent, IEnumerable<KeyValuePair<string, object?>> tags)
    {
        Activity? before = Activity.Current;
        Activity? activity = _source.StartActivity(name, kind, parent, tags);
        Activity.Current = before;
        return activity;
    }

    private void OnExit(object? sender, EventArgs e) => Dispose();

    /// <summary>Ends both providers at once, because a receiver that does not answer must not delay the process twice. The threads end with the process.</summary>
    private void Shutdown()
    {
        int milliseconds = (int)s_lastFlush.TotalMilliseconds;
        Thread[] threads = new[] { _traces is { } tracer ? Run(() => tracer.Shutdown(milliseconds)) : null, _metrics is { } meter ? Run(() => meter.Shutdown(milliseconds)) : null }.OfType<Thread>().ToArray();
        var clock = Stopwatch.StartNew();
        foreach (Thread thread in threads)
            thread.Join((int)Math.Max(0, milliseconds - clock.ElapsedMilliseconds));

        static Thread Run(Action work)
        {
            var thread = new Thread(() => Quietly(work)) { IsBackground = true, Name = "PulseRun telemetry" };
            thread.Start();
            return thread;
        }
    }

    private static void Quietly(Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // Telemetry never disturbs the command.
        catch (Exception)
#pragma warning restore CA1031
        {
            // An export that fails loses its data, as OpenTelemetry does.
        }
    }

    private static ResourceBuilder Resource(string version) => ResourceBuilder.CreateEmpty()
        .AddService("pulserun-powershell", serviceVersion: version)
        .AddTelemetrySdk()
        .AddEnvironmentVariableDetector();
}
