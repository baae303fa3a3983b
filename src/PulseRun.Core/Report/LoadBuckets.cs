using System;
using System.Collections.Generic;

namespace PulseRun.Core.Report;

/// <summary>Reduces any number of readings to the mean and the peak of equal parts of a time.</summary>
internal sealed class LoadBuckets(DateTimeOffset from, DateTimeOffset to, int count)
{
    private readonly float[] _sums = new float[count];
    private readonly float[] _peaks = new float[count];
    private readonly int[] _counts = new int[count];
    private double _sum;
    private long _readings;

    public double? Mean => _readings > 0 ? _sum / _readings : null;

    public double? Peak { get; private set; }

    public void Add(DateTimeOffset at, double gpu)
    {
        if (at < from || at > to || to <= from)
            return;
        gpu = Math.Min(gpu, 100);
        int bucket = Math.Min(_sums.Length - 1, (int)((double)(at - from).Ticks / (to - from).Ticks * _sums.Length));
        _sums[bucket] += (float)gpu;
        _peaks[bucket] = Math.Max(_peaks[bucket], (float)gpu);
        _counts[bucket]++;
        _sum += gpu;
        _readings++;
        if (!(Peak >= gpu))
            Peak = gpu;
    }

    /// <summary>Returns one point for the middle of each part; a part without readings has no load.</summary>
    public IReadOnlyList<LoadPoint> Points()
    {
        var points = new List<LoadPoint>(_sums.Length);
        for (int i = 0; i < _sums.Length; i++)
        {
            DateTimeOffset at = from + TimeSpan.FromTicks((long)((i + 0.5) * (to - from).Ticks / _sums.Length));
            points.Add(_counts[i] == 0 ? new LoadPoint(at, null, null) : new LoadPoint(at, _sums[i] / _counts[i], _peaks[i]));
        }
        return points;
    }
}
