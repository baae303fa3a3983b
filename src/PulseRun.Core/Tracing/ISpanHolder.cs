namespace PulseRun.Core.Tracing;

/// <summary>Holds the span of the command on whose behalf requests are sent. An observer of requests that implements it makes that span their parent.</summary>
internal interface ISpanHolder
{
    /// <summary>Gets the span; null when the command is not traced.</summary>
    ISpan? Span { get; }
}
