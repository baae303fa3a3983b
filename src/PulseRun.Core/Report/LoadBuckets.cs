using System;
using System.Collections.Generic;

namespace PulseRun.Core.Report;

/// <summary>Reduces any number of readings to the mean and the peak of equal parts of the time that they cover. When the time grows, two parts become one, so that neither the number of parts nor the memory depends on the readings.</summary>
/// <param name="shortest">The length of a part at first. Readings further apart leave a part without a load between them.</param>
internal sealed class LoadBuckets(TimeSpan shortest)
{
    /// <summary>The number of parts, about as many as the width of a chart can show.</summary>
    private const int Most = 128;

    private readonly float[] _sums = new float[Most];
    private readonly float[] _peaks = new float[Most];
    private readonly int[] _counts = new int[Most];
    private TimeSpan _width = shortest > TimeSpan.Zero ? shortest : TimeSpan.FromTicks(1);
    private int _last;
    private double _sum;
    private long _readings;

    /// <summary>Gets the time of the first reading; null without one.</summary>
    public DateTimeOffset? From { get; private set; }

    public double? Mean => _readings > 0 ? _sum / _readings : null;

    public double? Peak { get; private set; }

    /// <summary>Adds the next reading, in time order. A reading before the first one counts as one at that time.</summary>
    public void Add(DateTimeOffset at, double gpu)
    {
        From ??= at;
        gpu = Math.Min(gpu, 100);
        long part = Math.Max(0, (at - From.Value).Ticks / _width.Ticks);
        while (part >= Most)
        {
            Merge();
            part /= 2;
        }
        _sums[part] += (float)gpu;
        _peaks[part] = Math.Max(_peaks[part], (float)gpu);
        _counts[part]++;
        _last = Math.Max(_last, (int)part);
        _sum += gpu;
        _readings++;
        if (!(Peak >= gpu))
            Peak = gpu;
    }

    /// <summary>Returns one point for the middle of each part, up to the last part with a reading; a part without readings has no load.</summary>
    public IReadOnlyList<LoadPoint> Points()
    {
        var points = new List<LoadPoint>(_last + 1);
        if (From is not { } from)
            return points;
        for (int i = 0; i <= _last; i++)
        {
            DateTimeOffset at = from + TimeSpan.FromTicks(_width.Ticks * i + _width.Ticks / 2);
            points.Add(_counts[i] == 0 ? new LoadPoint(at, null, null) : new LoadPoint(at, _sums[i] / _counts[i], _peaks[i]));
        }
        return points;
    }

    private void Merge()
    {
        for (int i = 0; i < Most; i++)
        {
            (float sum, float peak, int count) = i < Most / 2
                ? (_sums[2 * i] + _sums[2 * i + 1], Math.Max(_peaks[2 * i], _peaks[2 * i + 1]), _counts[2 * i] + _counts[2 * i + 1])
                : (0, 0, 0);
            (_sums[i], _peaks[i], _counts[i]) = (sum, peak, count);
        }
        _width = TimeSpan.FromTicks(_width.Ticks * 2);
        _last /= 2;
    }
}
