using System.Collections.Generic;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Threading;
using PulseRun.Core.Tracing;

namespace PulseRun.Telemetry;

/// <summary>Represents a span and the measurement of its duration.</summary>
/// <param name="activity">The activity; null when it is not sampled. The duration is measured anyway.</param>
/// <param name="duration">Receives the duration.</param>
/// <param name="tags">The attributes of the measurement, of which each has few values.</param>
internal sealed class Span(Activity? activity, Histogram<double> duration, TagList tags) : ISpan
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly object _lock = new();
    private TagList _tags = tags;
    private bool _hasFailed;
    private int _ended;

    /// <summary>Gets the identity of the span, for its children; null when it is not sampled.</summary>
    public ActivityContext? Context => activity?.Context;

    public string? TraceParent => activity?.Id;

    public void AddEvent(string name, params KeyValuePair<string, object?>[] details) =>
        activity?.AddEvent(new ActivityEvent(name, tags: new ActivityTagsCollection(details)));

    public void Answered(int status, string? protocolVersion)
    {
        lock (_lock)
        {
            Tag("http.response.status_code", status);
            if (protocolVersion is not null)
                Tag("network.protocol.version", protocolVersion);
        }
        // The conventions: every status of 400 and above is an error of a client span.
        if (status >= 400)
            Fail(status.ToString(CultureInfo.InvariantCulture));
    }

    public void Fail(string errorType)
    {
        lock (_lock)
        {
            if (_hasFailed)
                return;
            _hasFailed = true;
            Tag("error.type", errorType);
        }
        activity?.SetStatus(ActivityStatusCode.Error);
    }

    public void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        Activity? current = Activity.Current;
        activity?.Stop();
        // Stopping an activity makes its parent the current one, on a thread where it never was.
        Activity.Current = current;
        lock (_lock)
            duration.Record(Stopwatch.GetElapsedTime(_start).TotalSeconds, _tags);
    }

    private void Tag(string name, object value)
    {
        _tags.Add(name, value);
        activity?.SetTag(name, value);
    }
}
