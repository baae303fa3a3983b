using System;
using System.Globalization;
using System.Linq;
using PulseRun.Store.History;

namespace PulseRun.Store.Postgres.History;

/// <summary>
/// Keeps what the packed values of a reading do not hold. For most readings that is nothing but the disk, so that a reading needs less than 60 bytes.
/// Otherwise the text has GPU, memory, disk, uptime in milliseconds, the source, and the single GPUs, with a bar between them.
/// </summary>
internal static class ReadingDetail
{
    /// <summary>Returns the columns of a reading beside its packed values.</summary>
    public static (float? Disk, string? Text) Write(InstanceMetrics reading, in Reading packed)
    {
        float? disk = reading.DiskUsage is { } used && !double.IsNaN(used) ? (float)used : null;
        bool isPacked = reading.Gpus.Count == 0 && reading.Source == MetricsSource.Api && Same(reading.GpuUtilization, packed.PeakGpu) && Same(reading.MemoryUsage, packed.PeakMemory)
            && reading.Uptime == packed.Uptime && Same(reading.DiskUsage, disk);
        if (isPacked)
            return (disk, null);
        long uptime = reading.Uptime is { } known ? (long)known.TotalMilliseconds : -1;
        return (null, Text(reading.GpuUtilization) + "|" + Text(reading.MemoryUsage) + "|" + Text(reading.DiskUsage) + "|" + (uptime < 0 ? "" : uptime.ToString(CultureInfo.InvariantCulture))
            + "|" + ((int)reading.Source).ToString(CultureInfo.InvariantCulture) + "|" + GpuText.Write(reading.Gpus));
    }

    /// <summary>Returns the reading as it was recorded; of a row of 5 minutes, what a verdict needs of it.</summary>
    public static InstanceMetrics Read(string id, DateTimeOffset at, long judged, float? disk, string? text)
    {
        Reading packed = PackedReading.Unpack(at, judged);
        if (text is null)
        {
            return new InstanceMetrics
            {
                Id = id,
                SampledAt = at,
                GpuUtilization = packed.PeakGpu,
                MemoryUsage = packed.PeakMemory,
                DiskUsage = disk,
                Uptime = packed.Uptime,
                // A row of 5 minutes has no single GPUs. Those of a reading that lacks one must not look complete in an exported file.
                Gpus = packed.HasUnreadGpus ? [.. Enumerable.Range(0, packed.GpuCount).Select(static index => new GpuMetrics { Index = index })] : [],
                RecordedGpuCount = packed.GpuCount,
                IsDoubtful = packed.HasUnreadGpus,
            };
        }
        string[] parts = text.Split(['|'], 6);
        if (parts.Length < 6)
            throw new FormatException("the detail of a reading is not one.");
        return new InstanceMetrics
        {
            Id = id,
            SampledAt = at,
            GpuUtilization = Number(parts[0]),
            MemoryUsage = Number(parts[1]),
            DiskUsage = Number(parts[2]),
            Uptime = long.TryParse(parts[3], NumberStyles.None, CultureInfo.InvariantCulture, out long uptime) && uptime <= TimeSpan.MaxValue.Ticks / TimeSpan.TicksPerMillisecond ? TimeSpan.FromMilliseconds(uptime) : null,
            Source = parts[4] == "1" ? MetricsSource.Ssh : MetricsSource.Api,
            Gpus = GpuText.Read(parts[5].Length == 0 ? null : parts[5]),
            IsDoubtful = packed.HasUnreadGpus,
        };
    }

    private static bool Same(double? one, double? other) => one is { } a && other is { } b ? a.Equals(b) : one is null == other is null;

    private static string Text(double? value) => value is { } known && !double.IsNaN(known) ? known.ToString("R", CultureInfo.InvariantCulture) : "";

    private static double? Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
}
