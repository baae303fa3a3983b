using System;

namespace PulseRun.Contracts;

/// <summary>What the idle verdict needs of one reading. Made in one place, so that live and recorded readings are judged alike.</summary>
/// <param name="At">When it was read.</param>
/// <param name="PeakGpu">The highest utilisation of any GPU; null when no GPU gave one.</param>
/// <param name="PeakMemory">The highest memory use; null when unknown.</param>
/// <param name="GpuCount">How many GPUs the reading told of; 0 when it told of none singly.</param>
/// <param name="UnreadGpus">How many of them gave no utilisation. Unless <paramref name="PeakGpu"/> is busy, such a reading proves nothing.</param>
/// <param name="Uptime">How long the instance had been up.</param>
internal readonly record struct Sample(DateTimeOffset At, double? PeakGpu, double? PeakMemory, int GpuCount, int UnreadGpus, TimeSpan? Uptime)
{
    public static Sample From(InstanceMetrics metrics)
    {
        double? gpu = Known(metrics.GpuUtilization);
        double? memory = Known(metrics.MemoryUsage);
        int unread = 0;
        foreach (GpuMetrics one in metrics.Gpus)
        {
            if (Known(one.Utilization) is { } utilization)
                gpu = Max(gpu, utilization);
            else
                unread++;
            if (Known(one.MemoryUsage) is { } used)
                memory = Max(memory, used);
        }
        return new Sample(metrics.SampledAt, gpu, memory, metrics.Gpus.Count, unread, metrics.Uptime);
    }

    /// <summary>A negative value or NaN is no reading (api.md section 5). To a thousandth of a percent, upwards: what is recorded is no less busy than what was read.</summary>
    private static double? Known(double? value)
    {
        if (!(value >= 0))
            return null;
        double thousandths = Math.Min(value.Value, 1000) * 1000;
        double nearest = Math.Round(thousandths);
        // 4.7 times 1000 is a little over 4700.
        return (thousandths - nearest < 1e-6 ? nearest : nearest + 1) / 1000;
    }

    private static double Max(double? highest, double value) => highest is { } known && known > value ? known : value;
}
