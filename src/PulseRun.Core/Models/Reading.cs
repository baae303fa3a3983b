using System;

namespace PulseRun;

/// <summary>Contains the parts of a reading that the idle verdict uses. Live and recorded readings are both converted here, so that they are judged alike.</summary>
/// <param name="At">The time of the reading.</param>
/// <param name="PeakGpu">The highest utilization of any GPU, in percent; null when none was reported.</param>
/// <param name="PeakMemory">The highest memory use, in percent to one decimal; null when unknown.</param>
/// <param name="GpuCount">The number of GPUs reported singly; 0 for none.</param>
/// <param name="HasUnreadGpus">True when a GPU's utilization is missing or the answer is not current. Such a reading can prove work, but not idleness.</param>
/// <param name="Uptime">The uptime in whole seconds, at most <see cref="MostSeconds"/>.</param>
internal readonly record struct Reading(DateTimeOffset At, double? PeakGpu, double? PeakMemory, int GpuCount, bool HasUnreadGpus, TimeSpan? Uptime)
{
    /// <summary>The upper bounds of the recorded format. A larger value is reduced to them, which cannot change a verdict.</summary>
    public const int MostGpus = 31, MostSeconds = (1 << 27) - 2;

    private const double MostGpu = 1000, MostMemory = 102;

    public static Reading From(InstanceMetrics metrics)
    {
        double? gpu = Known(metrics.GpuUtilization, 1000, MostGpu);
        double? memory = KnownMemory(metrics.MemoryUsage);
        bool isPartial = false;
        foreach (GpuMetrics one in metrics.Gpus)
        {
            if (Known(one.Utilization, 1000, MostGpu) is { } utilization)
                gpu = Max(gpu, utilization);
            else
                isPartial = true;
            if (KnownMemory(one.MemoryUsage) is { } used)
                memory = Max(memory, used);
        }
        return new Reading(metrics.SampledAt, gpu, memory, Math.Min(metrics.Gpus.Count > 0 ? metrics.Gpus.Count : metrics.RecordedGpuCount, MostGpus), isPartial || gpu is null || metrics.IsDoubtful, WholeSeconds(metrics.Uptime));
    }

    /// <summary>Returns null for a negative value or NaN (unknown, by docs/dev/api.md); otherwise the value rounded up to 1/<paramref name="parts"/>, so that a recorded reading is never less busy than the original.</summary>
    private static double? Known(double? value, int parts, double most)
    {
        if (!(value >= 0))
            return null;
        double scaled = Math.Min(value.Value, most) * parts;
        double nearest = Math.Round(scaled);
        // Floating point makes 4.7 * 1000 slightly more than 4700; do not round that up.
        return (scaled - nearest < 1e-6 ? nearest : nearest + 1) / parts;
    }

    /// <summary>Returns the memory use, rounded up to a tenth. What lies between 0.9 and 1 is not rounded up to 1: only a fraction of 1 can be 0.97, while 1 is a usual share in percent.</summary>
    private static double? KnownMemory(double? value) => value is > 0.9 and < 1 ? 0.9 : Known(value, 10, MostMemory);

    private static TimeSpan? WholeSeconds(TimeSpan? uptime) =>
        uptime >= TimeSpan.Zero ? TimeSpan.FromSeconds(Math.Min(Math.Floor(uptime.Value.TotalSeconds), MostSeconds)) : null;

    private static double Max(double? highest, double value) => highest is { } known && known > value ? known : value;
}
