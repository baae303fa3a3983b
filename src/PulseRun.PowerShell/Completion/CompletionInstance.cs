using System;
using System.Linq;
using PulseRun.Core.Completion;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Completion;

/// <summary>Holds the parts of an instance that completion displays. The instance itself is not kept: it leads to a connection and its key, and its Jupyter address may contain a token.</summary>
internal sealed class CompletionInstance
{
    private const int LongestValue = 64;

    public required string Id { get; init; }

    public string? Status { get; init; }

    public string? Gpu { get; init; }

    public string? Provider { get; init; }

    public string? Region { get; init; }

    public string? Template { get; init; }

    public decimal? CostPerHour { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Returns the parts to keep; null for an id that cannot be typed on a command line.</summary>
    public static CompletionInstance? Of(Instance instance) => IsFit(instance.Id, InstanceIds.MaxLength)
        ? new CompletionInstance
        {
            Id = instance.Id,
            Status = Fit(instance.Status),
            Gpu = Fit(instance.Gpu),
            Provider = Fit(instance.Provider),
            Region = Fit(instance.Region),
            Template = Fit(instance.Template),
            CostPerHour = instance.CostPerHour,
            StartedAt = instance.StartedAt,
            CreatedAt = instance.CreatedAt,
        }
        : null;

    public string? Value(CompletionField field) => field switch
    {
        CompletionField.Status => Status,
        CompletionField.Gpu => Gpu,
        CompletionField.Provider => Provider,
        CompletionField.Region => Region,
        _ => Template,
    };

    /// <summary>Returns one line for the list of completions, such as <c>running, h100_80gb, $1.99/h, up 3h12m</c>.</summary>
    public string Describe(DateTimeOffset now)
    {
        string?[] parts = [Status, Gpu, CostPerHour is { } cost ? Display.PerHour(cost) : null, Age(now)];
        string line = string.Join(", ", parts.Where(static part => !string.IsNullOrEmpty(part)));
        return line.Length == 0 ? Id : line;
    }

    private string? Age(DateTimeOffset now) =>
        InstanceStatus.Is(Status, InstanceStatus.Running) && StartedAt is { } started ? "up " + Display.Duration(now - started)
        : CreatedAt is { } created ? Display.Duration(now - created) + " old"
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
