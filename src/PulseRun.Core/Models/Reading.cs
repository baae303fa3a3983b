using System;

namespace PulseRun;

/// <summary>What the idle verdict needs of one reading. Made in one place, so that live and recorded readings are judged alike.</summary>
/// <param name="At">When it was read.</param>
/// <param name="PeakGpu">The highest utilisation of any GPU; null when no GPU gave one.</param>
/// <param name="PeakMemory">The highest memory use, to a tenth of a percent; null when unknown.</param>
/// <param name="GpuCount">How many GPUs the reading told of; 0 when it told of none singly.</param>
/// <param name="HasUnreadGpus">True when a GPU gave no utilisation, or when the answer is not about now. Unless <paramref name="PeakGpu"/> is busy, such a reading proves nothing.</param>
/// <param name="Uptime">How long the instance had been up, in whole seconds and at most some years.</param>
internal readonly record struct Reading(DateTimeOffset At, double? PeakGpu, double? PeakMemory, int GpuCount, bool HasUnreadGpus, TimeSpan? Uptime)
{
    /// <summary>What there is room for in a recorded reading. More is no less busy, no longer up and no other machine.</summary>
    public const int MostGpus = 31, MostSeconds = (1 << 27) - 2;

    private const double MostGpu = 1000, MostMemory = 102;

    public static Reading From(InstanceMetrics metrics)
    {
        double? gpu = Known(metrics.GpuUtilization, 1000, MostGpu);
        double? memory = Known(metrics.MemoryUsage, 10, MostMemory);
        bool isPartial = false;
        foreach (GpuMetrics one in metrics.Gpus)
        {
            if (Known(one.Utilization, 1000, MostGpu) is { } utilization)
                gpu = Max(gpu, utilization);
            else
                isPartial = true;
            if (Known(one.MemoryUsage, 10, MostMemory) is { } used)
                memory = Max(memory, used);
        }
        return new Reading(metrics.SampledAt, gpu, memory, Math.Min(metrics.Gpus.Count, MostGpus), isPartial || gpu is null || metrics.IsDoubtful, WholeSeconds(metrics.Uptime));
    }

    /// <summary>A negative value or NaN is no reading (api.md section 5). To a part of a percent, upwards: what is recorded is no less busy than what was read.</summary>
    private static double? Known(double? value, int parts, double most)
    {
        if (!(value >= 0))
            return null;
        double scaled = Math.Min(value.Value, most) * parts;
        double nearest = Math.Round(scaled);
        // 4.7 times 1000 is a little over 4700.
        return (scaled - nearest < 1e-6 ? nearest : nearest + 1) / parts;
    }

    private static TimeSpan? WholeSeconds(TimeSpan? uptime) =>
        uptime >= TimeSpan.Zero ? TimeSpan.FromSeconds(Math.Min(Math.Floor(uptime.Value.TotalSeconds), MostSeconds)) : null;

    private static double Max(double? highest, double value) => highest is { } known && known > value ? known : value;
}
