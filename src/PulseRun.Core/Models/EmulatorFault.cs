using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Something for the emulator to do wrong, and to which requests.</summary>
/// <example><code>$emulator.AddFault(@{ Kind = 'TooManyRequests'; Path = '*/stop'; Times = 1 })</code></example>
/// <remarks>A kind concerns only requests it makes sense for: MetricsZero never uses itself up on a list.
/// All matching faults shape an answer; where several would replace it, the one added first does.</remarks>
public sealed class EmulatorFault
{
    /// <summary>What goes wrong.</summary>
    public EmulatorFaultKind Kind { get; set; }

    /// <summary>Limits it to one HTTP method; any by default. Wildcards work.</summary>
    public string Method { get; set; } = "*";

    /// <summary>Limits it to paths like this, with or without the query; any by default. <c>*</c> and <c>?</c> are wildcards.</summary>
    public string Path { get; set; } = "*";

    /// <summary>How many matching requests go well before it begins.</summary>
    public int Skip { get; set; }

    /// <summary>How often it happens; 0 for good.</summary>
    public int Times { get; set; }

    /// <summary>How likely it is for each matching request, from 0 to 1. Drawn from the emulator's seed, so that a run repeats.</summary>
    public double Probability { get; set; } = 1;

    /// <summary>Whether it comes after the request had its effect, for kinds that can come before and after it.</summary>
    public bool AfterEffect { get; set; }

    /// <summary>The HTTP status to answer; each kind has its own default.</summary>
    public int? Status { get; set; }

    /// <summary>A variant; each kind has its own, named in <see cref="EmulatorFaultKind"/>. Case does not matter.</summary>
    public string? Form { get; set; }

    /// <summary>The text of the error, or of the field.</summary>
    public string? Text { get; set; }

    /// <summary>The seconds Retry-After asks for, in real time.</summary>
    public int RetryAfter { get; set; } = 1;

    /// <summary>How long: real time for Delay, the emulator's time for ListLag.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>How many: rows a page, GPUs, or levels of nesting.</summary>
    public int? Count { get; set; }

    /// <summary>The fields that are added or left out.</summary>
    public IReadOnlyList<string> Names { get; set; } = [];

    /// <summary>The address that is redirected to, or where the next page is said to be.</summary>
    public Uri? Url { get; set; }

    /// <summary>Answers kind, method and path.</summary>
    public override string ToString() => Kind + " " + Method + " " + Path;

    internal EmulatorFault Copy() => (EmulatorFault)MemberwiseClone();
}

/// <summary>What can go wrong, or just come otherwise, in an answer of the emulator. The properties each kind reads are named with it.</summary>
public enum EmulatorFaultKind
{
    /// <summary>429 instead of an answer. Form says what Retry-After is: <c>Seconds</c> (RetryAfter, default 1), <c>Date</c>, <c>Absent</c>, <c>Past</c>, <c>Absurd</c> or <c>Broken</c> (Text).</summary>
    TooManyRequests,

    /// <summary>An error instead of the effect (with AfterEffect: after it). Status (500), Text, and Form: <c>Detail</c>, <c>Array</c>, <c>Nested</c>, <c>Html</c>, <c>Text</c> or <c>Empty</c>.</summary>
    ServerError,

    /// <summary>An error although the request had its effect. Properties as with ServerError.</summary>
    ServerErrorAfterEffect,

    /// <summary>An HTML page of a gateway instead of the effect. Status (502), Text, AfterEffect.</summary>
    HtmlError,

    /// <summary>An error object inside an error object. Status (500), Text, AfterEffect.</summary>
    NestedError,

    /// <summary>A launch or a start finds no free GPU. Status (409), Text.</summary>
    NoCapacity,

    /// <summary>A redirect instead of the effect. Status (307), Url.</summary>
    RedirectTo,

    /// <summary>The connection is cut and nothing is answered. AfterEffect.</summary>
    CutBeforeAnswer,

    /// <summary>The request has its effect, the answer announces its full length, half of it comes, and the connection is cut.</summary>
    HalfAnswer,

    /// <summary>The answer comes late. Duration (real time), AfterEffect.</summary>
    Delay,

    /// <summary>The answer never comes. AfterEffect.</summary>
    Hang,

    /// <summary>The request has its effect, half of the answer comes, and then nothing more.</summary>
    StalledBody,

    /// <summary>The request has its effect, and the body of the answer never ends.</summary>
    HugeAnswer,

    /// <summary>The answer holds an object nested deeply. Count (200, at most 1000) levels.</summary>
    DeepNesting,

    /// <summary>The answer is text and not JSON. Text.</summary>
    NotJson,

    /// <summary>Launch, stop, start and terminate answer an empty body. Status (204).</summary>
    EmptyAnswer,

    /// <summary>Launch, stop, start and terminate answer the id and the status only.</summary>
    PartialAnswer,

    /// <summary>Instances have more fields than documented. Names (default: a few of each JSON type), Text is their value.</summary>
    ExtraFields,

    /// <summary>Instances and metrics lack fields. Names (default: <c>ip</c> and <c>region</c>).</summary>
    MissingFields,

    /// <summary>Dates come otherwise. Form: <c>Z</c>, <c>Offset</c>, <c>Fraction</c> or <c>NoZone</c>.</summary>
    DateForm,

    /// <summary>Instances answer a state nobody has heard of. Text (<c>hibernating</c>).</summary>
    UnknownStatus,

    /// <summary>What is around the list. Form: <c>Bare</c>, <c>Data</c> or <c>Instances</c>.</summary>
    ListEnvelope,

    /// <summary>The list comes in pages. Count (2) rows a page; Form: <c>NextCursor</c> or <c>Next</c>.</summary>
    Paging,

    /// <summary>The list is cut: <c>has_more</c> is true and there is no cursor. Count (2) rows.</summary>
    ListCut,

    /// <summary>The next page is said to be on another host. Count (2) rows, Url.</summary>
    ForeignNext,

    /// <summary>Every page names the same cursor, without end. Count (2) rows.</summary>
    CursorLoop,

    /// <summary>The list ignores <c>?status=</c>.</summary>
    StatusFilterIgnored,

    /// <summary>New instances are missing from the list. Duration (30 s, the emulator's time).</summary>
    ListLag,

    /// <summary>Metrics are not to be had. Status (404), Text.</summary>
    MetricsMissing,

    /// <summary>Metrics are 0 throughout.</summary>
    MetricsZero,

    /// <summary>Metrics are null throughout.</summary>
    MetricsNull,

    /// <summary>How metrics are named. Form: <c>Plain</c>, <c>Suffix</c> (<c>_percent</c>, <c>_seconds</c>), <c>GpusObjects</c> or <c>GpusNumbers</c>; Count (2) GPUs.</summary>
    MetricsForm,
}
