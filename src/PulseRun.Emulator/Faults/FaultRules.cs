using System;
using System.Linq;
using PulseRun.Emulator.Resources;

namespace PulseRun.Emulator.Faults;

/// <summary>Specifies the requests that each kind of fault applies to, and the forms it has.</summary>
internal static class FaultRules
{
    private static readonly string[] s_errorForms = ["Detail", "Array", "Nested", "Html", "Text", "Empty"];

    public static bool Concerns(EmulatorFaultKind kind, Traits traits) => kind switch
    {
        EmulatorFaultKind.NoCapacity => traits.HasFlag(Traits.NeedsGpu),
        EmulatorFaultKind.EmptyAnswer or EmulatorFaultKind.PartialAnswer => traits.HasFlag(Traits.Acts),
        EmulatorFaultKind.UnknownStatus => traits.HasFlag(Traits.Instances),
        EmulatorFaultKind.ExtraFields => (traits & (Traits.Instances | Traits.Objects)) != 0,
        EmulatorFaultKind.MissingFields => (traits & (Traits.Instances | Traits.Objects | Traits.Metrics)) != 0,
        EmulatorFaultKind.DateForm => traits.HasFlag(Traits.Dates),
        EmulatorFaultKind.ListEnvelope or EmulatorFaultKind.Paging or EmulatorFaultKind.ListCut or EmulatorFaultKind.ForeignNext
            or EmulatorFaultKind.CursorLoop or EmulatorFaultKind.StatusFilterIgnored or EmulatorFaultKind.ListLag => traits.HasFlag(Traits.List),
        EmulatorFaultKind.MetricsMissing or EmulatorFaultKind.MetricsZero or EmulatorFaultKind.MetricsNull
            or EmulatorFaultKind.MetricsForm => traits.HasFlag(Traits.Metrics),
        _ => true,
    };

    /// <summary>Throws when the properties of a fault are invalid.</summary>
    public static void Check(EmulatorFault fault)
    {
        string[] forms = Forms(fault.Kind);
        if (fault.Form is not null && !forms.Contains(fault.Form, StringComparer.OrdinalIgnoreCase))
        {
            throw new ArgumentException(forms.Length == 0
                ? fault.Kind + " has no forms."
                : "'" + fault.Form + "' is not a form of " + fault.Kind + ". Use one of " + string.Join(", ", forms) + ".");
        }
        if (fault.Kind == EmulatorFaultKind.RedirectTo && fault.Url is null)
            throw new ArgumentException("RedirectTo needs a Url.");
        if (fault.Skip < 0 || fault.Times < 0 || fault.RetryAfter < 0 || !(fault.Probability is >= 0 and <= 1))
            throw new ArgumentException("Skip, Times and RetryAfter must not be negative, and Probability must be from 0 to 1.");
        if (fault.Count is < 1 or > 1_000)
            throw new ArgumentException("Count must be from 1 to 1000.");
        if (fault.Status is < 200 or > 599)
            throw new ArgumentException("Status must be from 200 to 599.");
        if (fault.Duration is { Ticks: < 0 })
            throw new ArgumentException("Duration must not be negative.");
    }

    private static string[] Forms(EmulatorFaultKind kind) => kind switch
    {
        EmulatorFaultKind.TooManyRequests => ["Seconds", "Date", "Absent", "Past", "Absurd", "Broken"],
        EmulatorFaultKind.ServerError or EmulatorFaultKind.ServerErrorAfterEffect => s_errorForms,
        EmulatorFaultKind.DateForm => ["Z", "Offset", "Fraction", "NoZone"],
        EmulatorFaultKind.ListEnvelope => ["Bare", "Data", "Instances"],
        EmulatorFaultKind.Paging => ["NextCursor", "Next"],
        EmulatorFaultKind.MetricsForm => ["Plain", "Suffix", "GpusObjects", "GpusNumbers"],
        _ => [],
    };
}
