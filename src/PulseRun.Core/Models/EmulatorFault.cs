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
