using System;

namespace PulseRun.Bench.Libraries;

/// <summary>Describes how the instances of a fleet work.</summary>
/// <param name="Name">The name in the table.</param>
/// <param name="From">The quantile of <see cref="JobLengths"/> from which jobs are drawn; 0 for all jobs.</param>
/// <param name="Continues">The probability that another job follows after a pause.</param>
/// <param name="LongestPause">The longest pause between two jobs in minutes. It is shorter than the window, so that a pause is never idleness.</param>
internal sealed record FleetMix(string Name, double From, double Continues, double LongestPause)
{
    /// <summary>Jobs that run one after another, and then an instance that is forgotten.</summary>
    public static readonly FleetMix Training = new("training", 0, 0.5, 20);

    /// <summary>Many short jobs with pauses in which a person thinks.</summary>
    public static readonly FleetMix Research = new("research", 0, 0.8, 25);

    /// <summary>Long jobs that rarely follow one another: the longer half of all jobs.</summary>
    public static readonly FleetMix Steady = new("steady", 0.5, 0.2, 20);

    /// <summary>The prices in dollars per hour.</summary>
    private static readonly double[] s_prices = [0.2, 0.35, 0.6, 1, 1, 2, 2.5, 8];

    public static double Price(Random random) => s_prices[random.Next(s_prices.Length)];

    public double Job(Random random) => JobLengths.At(From + (1 - From) * random.NextDouble());

    public double Pause(Random random) => Math.Exp(random.NextDouble() * Math.Log(LongestPause));
}
