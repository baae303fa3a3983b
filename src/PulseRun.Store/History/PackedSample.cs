using System;
using PulseRun.Contracts;

namespace PulseRun.Store.History;

/// <summary>
/// What a verdict needs of a reading, beside its time and uptime, in one number: each value that is read from a row costs as much as finding the row.
/// From the top: peak GPU and peak memory in thousandths of a percent plus one (0 is unknown), 20 bits each; GPUs and unread GPUs, 11 bits each. So a higher number is a busier reading.
/// </summary>
internal static class PackedSample
{
    private const int CountBits = 11, CountMask = (1 << CountBits) - 1, PeakMask = (1 << 20) - 1;

    public static long Pack(in Sample sample) =>
        (Peak(sample.PeakGpu) << 20 | Peak(sample.PeakMemory)) << 2 * CountBits | Count(sample.GpuCount) << CountBits | Count(sample.UnreadGpus);

    public static Sample Unpack(DateTimeOffset at, long packed, TimeSpan? uptime) => new(
        at,
        Peak(packed >> 20 + 2 * CountBits),
        Peak(packed >> 2 * CountBits),
        (int)(packed >> CountBits) & CountMask,
        (int)packed & CountMask,
        uptime);

    private static long Count(int count) => Math.Min(count, CountMask);

    private static long Peak(double? percent) => percent is { } known ? Math.Min((long)Math.Round(known * 1000) + 1, PeakMask) : 0;

    private static double? Peak(long bits) => (bits & PeakMask) is var known && known == 0 ? null : (known - 1) / 1000.0;
}
