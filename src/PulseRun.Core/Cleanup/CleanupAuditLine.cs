using System;
using PulseRun.Core.Text;

namespace PulseRun.Core.Cleanup;

/// <summary>Represents one line of the audit log: a decision and the evidence for it. Contains no secret.</summary>
internal sealed record CleanupAuditLine
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>Identifies the run; equal for all of its lines.</summary>
    public required Guid Run { get; init; }

    public required string Id { get; init; }

    /// <summary>Gets <c>intent</c> for a line written before an act is sent, or <c>result</c> for a line that records how the act ended or why nothing was done.</summary>
    public required string Phase { get; init; }

    public required string Action { get; init; }

    public required string Reason { get; init; }

    public string? Verdict { get; init; }

    public string? VerdictReason { get; init; }

    public string? Status { get; init; }

    public string? Gpu { get; init; }

    public string? Provider { get; init; }

    public string? Region { get; init; }

    public decimal? CostPerHour { get; init; }

    public decimal? SavedPerHour { get; init; }

    public int? SampleCount { get; init; }

    public double? Coverage { get; init; }

    public double? LargestGapSeconds { get; init; }

    public double? LastSampleAgeSeconds { get; init; }

    public double? PeakGpu { get; init; }

    public double? PeakMemory { get; init; }

    public double? DetectableDuty { get; init; }

    public string? Error { get; init; }

    /// <summary>Returns the line to write before an act is sent.</summary>
    public static CleanupAuditLine Before(CleanupDecision decision, DateTimeOffset now, Guid run) =>
        From(decision.WouldBe(now), run) with { Phase = "intent", Action = decision.Step.ToString() };

    public static CleanupAuditLine From(CleanupAction action, Guid run) => new()
    {
        Phase = "result",
        Time = action.Time.ToUniversalTime(),
        Run = run,
        Id = CleanText.Clean(action.Id, 128),
        Action = action.Action.ToString(),
        Reason = action.Reason.ToString(),
        Verdict = action.Verdict?.ToString(),
        VerdictReason = action.VerdictReason?.ToString(),
        Status = Clean(action.Status),
        Gpu = Clean(action.Gpu),
        Provider = Clean(action.Provider),
        Region = Clean(action.Region),
        CostPerHour = action.CostPerHour,
        SavedPerHour = action.SavedPerHour,
        SampleCount = action.Evidence?.SampleCount,
        Coverage = action.Evidence?.Coverage,
        LargestGapSeconds = action.Evidence?.LargestGap?.TotalSeconds,
        LastSampleAgeSeconds = action.Evidence?.LastSampleAge?.TotalSeconds,
        PeakGpu = Finite(action.Evidence?.PeakGpu),
        PeakMemory = Finite(action.Evidence?.PeakMemory),
        DetectableDuty = action.Evidence?.DetectableDuty,
        Error = Clean(action.Error),
    };

    private static string? Clean(string? text) => text is null ? null : CleanText.Clean(text, 500);

    /// <summary>Replaces an infinite value, which JSON cannot represent, by the largest finite one.</summary>
    private static double? Finite(double? value) => value is { } number && double.IsInfinity(number) ? double.MaxValue : value;
}
