using System;
using System.Linq;
using PulseRun.Core.Completion;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Completion;

/// <summary>Holds the parts of an instance that completion displays. The instance itself is not kept: it leads to a connection and its key, and its Jupyter address may contain a token.</summary>
internal sealed class CompletionInstance
{
    private const int LongestValue = 64;

    // These are fields, because each property would be compiled by the first call of a process.
    private InstanceValues _values;

    private CompletionInstance(InstanceValues values) => _values = values;

    public string Id => _values.Id!;

    public string? Status => _values.Status;

    /// <summary>Returns the parts to keep; null for an id that cannot be typed on a command line.</summary>
    public static CompletionInstance? Of(Instance instance)
    {
        ref InstanceValues all = ref instance.Values;
        if (!IsFit(all.Id, InstanceIds.MaxLength))
            return null;
        return new CompletionInstance(new InstanceValues
        {
            Id = all.Id,
            Status = Fit(all.Status),
            Gpu = Fit(all.Gpu),
            Provider = Fit(all.Provider),
            Region = Fit(all.Region),
            Template = Fit(all.Template),
            CostPerHour = all.CostPerHour,
            StartedAt = all.StartedAt,
            CreatedAt = all.CreatedAt,
        });
    }

    public string? Value(CompletionField field) => field switch
    {
        CompletionField.Status => _values.Status,
        CompletionField.Gpu => _values.Gpu,
        CompletionField.Provider => _values.Provider,
        CompletionField.Region => _values.Region,
        _ => _values.Template,
    };

    /// <summary>Returns one line for the list of completions, such as <c>running, h100_80gb, $1.99/h, up 3h12m</c>.</summary>
    public string Describe(DateTimeOffset now)
    {
        string?[] parts = [Status, _values.Gpu, _values.CostPerHour is { } cost ? Display.PerHour(cost) : null, Age(now)];
        string line = string.Join(", ", parts.Where(static part => !string.IsNullOrEmpty(part)));
        return line.Length == 0 ? Id : line;
    }

    private string? Age(DateTimeOffset now) =>
        InstanceStatus.Is(Status, InstanceStatus.Running) && _values.StartedAt is { } started ? "up " + Display.Duration(now - started)
        : _values.CreatedAt is { } created ? Display.Duration(now - created) + " old"
        : null;

    private static string? Fit(string? text) => IsFit(text, LongestValue) ? text : null;

    /// <summary>Returns true for a text that can be offered: not empty, not too long, and without control characters. The JSON reader has replaced those by U+FFFD.</summary>
    private static bool IsFit(string? text, int maxLength)
    {
        if (text is null || text.Length == 0 || text.Length > maxLength)
            return false;
        foreach (char c in text)
        {
            if (c == '\uFFFD' || CleanText.IsUnprintable(c))
                return false;
        }
        return true;
    }
}
