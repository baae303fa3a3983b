using System;
using System.Collections.Generic;

namespace PulseRun;

/// <summary>Describes a fault for the emulator to produce, and the requests it applies to.</summary>
/// <example><code>$emulator.AddFault(@{ Kind = 'TooManyRequests'; Path = '*/stop'; Times = 1 })</code></example>
/// <remarks>A kind applies only to requests for which it makes sense; for example, a list does not count as a use of MetricsZero.
/// All matching faults shape an answer. If several would replace it, the one added first does.</remarks>
public sealed class EmulatorFault
{
    /// <summary>Gets or sets the kind of fault.</summary>
    public EmulatorFaultKind Kind { get; set; }

    /// <summary>Gets or sets the HTTP method to match; wildcards are allowed. The default matches all.</summary>
    public string Method { get; set; } = "*";

    /// <summary>Gets or sets the path to match, with or without the query; <c>*</c> and <c>?</c> are wildcards. The default matches all.</summary>
    public string Path { get; set; } = "*";

    /// <summary>Gets or sets how many matching requests succeed before the fault begins.</summary>
    public int Skip { get; set; }

    /// <summary>Gets or sets how often the fault occurs; 0 means without limit.</summary>
    public int Times { get; set; }

    /// <summary>Gets or sets the probability for each matching request, from 0 to 1. It is drawn from the emulator's seed, so that a run can be repeated.</summary>
    public double Probability { get; set; } = 1;

    /// <summary>Gets or sets whether the fault occurs after the request has taken effect, for kinds that can occur before or after it.</summary>
    public bool AfterEffect { get; set; }

    /// <summary>Gets or sets the HTTP status to return; null for the default of the kind.</summary>
    public int? Status { get; set; }

    /// <summary>Gets or sets the variant of the kind, as listed in <see cref="EmulatorFaultKind"/>. Not case-sensitive.</summary>
    public string? Form { get; set; }

    /// <summary>Gets or sets the text of the error or of the field.</summary>
    public string? Text { get; set; }

    /// <summary>Gets or sets the value of Retry-After, in seconds of real time.</summary>
    public int RetryAfter { get; set; } = 1;

    /// <summary>Gets or sets the duration: in real time for Delay, in the emulator's time for ListLag.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>Gets or sets the number of rows in a page, of GPUs, or of nested levels.</summary>
    public int? Count { get; set; }

    /// <summary>Gets or sets the names of the fields to add or omit.</summary>
    public IReadOnlyList<string> Names { get; set; } = [];

    /// <summary>Gets or sets the target of a redirect, or the address given for the next page.</summary>
    public Uri? Url { get; set; }

    /// <summary>Returns the kind, the method and the path.</summary>
    public override string ToString() => Kind + " " + Method + " " + Path;

    internal EmulatorFault Copy() => (EmulatorFault)MemberwiseClone();
}

/// <summary>Specifies what goes wrong or differs in an answer of the emulator. Each kind lists the properties that it reads.</summary>
public enum EmulatorFaultKind
{
    /// <summary>Returns 429 instead of an answer. Form selects the Retry-After: <c>Seconds</c> (RetryAfter, default 1), <c>Date</c>, <c>Absent</c>, <c>Past</c>, <c>Absurd</c> or <c>Broken</c> (Text).</summary>
    TooManyRequests,

    /// <summary>Returns an error instead of carrying out the request (with AfterEffect: after it). Status (500), Text, and Form: <c>Detail</c>, <c>Array</c>, <c>Nested</c>, <c>Html</c>, <c>Text</c> or <c>Empty</c>.</summary>
    ServerError,

    /// <summary>Carries out the request and returns an error. Properties as with ServerError.</summary>
    ServerErrorAfterEffect,

    /// <summary>Returns the HTML page of a gateway instead of carrying out the request. Status (502), Text, AfterEffect.</summary>
    HtmlError,

    /// <summary>Returns an error object inside an error object. Status (500), Text, AfterEffect.</summary>
    NestedError,

    /// <summary>Rejects a launch or a start because no GPU is free. Status (409), Text.</summary>
    NoCapacity,

    /// <summary>Returns a redirect instead of carrying out the request. Status (307), Url.</summary>
    RedirectTo,

    /// <summary>Closes the connection without an answer. AfterEffect.</summary>
    CutBeforeAnswer,

    /// <summary>Carries out the request, announces the full length of the answer, sends half of it, and closes the connection.</summary>
    HalfAnswer,

    /// <summary>Delays the answer. Duration (real time), AfterEffect.</summary>
    Delay,

    /// <summary>Never answers. AfterEffect.</summary>
    Hang,

    /// <summary>Carries out the request, sends half of the answer, and then nothing more.</summary>
    StalledBody,

    /// <summary>Carries out the request and returns a body that never ends.</summary>
    HugeAnswer,

    /// <summary>Adds a deeply nested object to the answer. Count (200, at most 1000) levels.</summary>
    DeepNesting,

    /// <summary>Returns text that is not JSON. Text.</summary>
    NotJson,

    /// <summary>Returns an empty body to launch, stop, start and terminate. Status (204).</summary>
    EmptyAnswer,

    /// <summary>Returns only the id and the status to launch, stop, start and terminate.</summary>
    PartialAnswer,

    /// <summary>Adds undocumented fields to instances. Names (default: a few of each JSON type); Text is their value.</summary>
    ExtraFields,

    /// <summary>Omits fields of instances and metrics. Names (default: <c>ip</c> and <c>region</c>) selects them.</summary>
    MissingFields,

    /// <summary>Writes dates in another form. Form: <c>Z</c>, <c>Offset</c>, <c>Fraction</c> or <c>NoZone</c>.</summary>
    DateForm,

    /// <summary>Returns an undocumented state for instances. Text (<c>hibernating</c>).</summary>
    UnknownStatus,

    /// <summary>Changes the JSON around the list. Form: <c>Bare</c>, <c>Data</c> or <c>Instances</c>.</summary>
    ListEnvelope,

    /// <summary>Returns the list in pages. Count (2) rows a page; Form: <c>NextCursor</c> or <c>Next</c>.</summary>
    Paging,

    /// <summary>Truncates the list: <c>has_more</c> is true and there is no cursor. Count (2) rows.</summary>
    ListCut,

    /// <summary>Gives an address on another host for the next page. Count (2) rows, Url.</summary>
    ForeignNext,

    /// <summary>Returns the same cursor with every page, without end. Count (2) rows.</summary>
    CursorLoop,

    /// <summary>Ignores <c>?status=</c> in lists.</summary>
    StatusFilterIgnored,

    /// <summary>Omits new instances from the list. Duration (30 s, the emulator's time).</summary>
    ListLag,

    /// <summary>Returns an error instead of metrics. Status (404), Text.</summary>
    MetricsMissing,

    /// <summary>Returns 0 for all metrics.</summary>
    MetricsZero,

    /// <summary>Returns null for all metrics.</summary>
    MetricsNull,

    /// <summary>Changes the names of metrics. Form: <c>Plain</c>, <c>Suffix</c> (<c>_percent</c>, <c>_seconds</c>), <c>GpusObjects</c> or <c>GpusNumbers</c>; Count (2) GPUs.</summary>
    MetricsForm,
}
