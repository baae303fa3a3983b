using System;

namespace PulseRun.Bench.Libraries;

/// <summary>
/// The distribution of job lengths in minutes: half of the jobs take at most 20 minutes, nine of ten at most 214, and one of a hundred takes more than 80 hours,
/// as in a public trace of a GPU cluster. Between these quantiles the logarithm of the length is a linear function of the logarithm of the odds (log-logistic in two pieces);
/// the longest job takes 30 days.
/// </summary>
internal static class JobLengths
{
    private const double Median = 20, P90 = 214, P99 = 80 * 60, Longest = 30 * 24 * 60, Shortest = 0.5;

    /// <summary>Returns the length at a quantile from 0 to 1.</summary>
    public static double At(double quantile)
    {
        double odds = Math.Log(Math.Max(1e-9, quantile) / Math.Max(1e-9, 1 - quantile));
        double at90 = Math.Log(9), at99 = Math.Log(99);
        double length = odds <= at90
            ? Math.Log(Median) + odds * Math.Log(P90 / Median) / at90
            : Math.Log(P90) + (odds - at90) * Math.Log(P99 / P90) / (at99 - at90);
        return Math.Clamp(Math.Exp(length), Shortest, Longest);
    }

    /// <summary>Returns the length of a job that is under way at a random moment: long jobs are met more often, in proportion to their length.</summary>
    /// <param name="random">The source of random numbers.</param>
    /// <param name="from">The lowest quantile of the fleet's jobs.</param>
    public static double UnderWay(Random random, double from)
    {
        const int Steps = 4000;
        double total = 0;
        for (int i = 0; i < Steps; i++)
            total += At(from + (1 - from) * (i + 0.5) / Steps);
        double left = random.NextDouble() * total;
        for (int i = 0; i < Steps; i++)
        {
            double length = At(from + (1 - from) * (i + 0.5) / Steps);
            if ((left -= length) <= 0)
                return length;
        }
        return Longest;
    }
}
