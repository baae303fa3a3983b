using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace PulseRun.Bench.Libraries;

/// <summary>Finds the largest fleet that a number of readings a minute can watch, for each kind of fleet, in the reading order and in turns.</summary>
internal static class IdleOrder
{
    /// <summary>The regret up to which a fleet counts as watched: the dollars from the start of true idleness to the stop, by those of exactly the window.</summary>
    private const double MostRegret = 1.25;

    /// <summary>Of the 60 requests of a key, a fifth belongs to others, and one is the list.</summary>
    private const int Budget = 47;

    /// <summary>Writes the numbers to standard output, and the table to a file.</summary>
    /// <param name="file">The path of the table.</param>
    /// <param name="largest">The highest number of requests a minute: 60 or 600.</param>
    public static void Measure(string file, int largest)
    {
        var table = new StringBuilder("| fleet | requests a minute | window | order | largest fleet | delay median (min) | delay p95 (min) | regret | readings a minute | wrong stops per 100 instance-days |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (int times in largest >= 600 ? new[] { 1, 10 } : [1])
        {
            foreach (FleetMix mix in new[] { FleetMix.Training, FleetMix.Research, FleetMix.Steady })
            {
                foreach (bool inTurns in times == 1 ? new[] { false, true } : [false])
                {
                    SimulatedFleet.Result best = Largest(mix, Budget * times, inTurns, times);
                    table.Append(CultureInfo.InvariantCulture, $"| {mix.Name} | {60 * times} | 30 min | {(inTurns ? "turns" : "three queues")} | {best.Count} | {best.MedianDelay:0} | {best.P95Delay:0} | {best.Regret:0.000} | {best.ReadingsPerMinute:0} | {best.WrongPer100Days:0.0} |\n");
                    string name = mix.Name + 60 * times + (inTurns ? "turns" : "");
                    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}={best.Count}\n{name}Regret={best.Regret}\n{name}Delay={best.MedianDelay}"));
                    // After each row, because the whole takes long on a busy machine.
                    File.WriteAllText(file, table.ToString());
                }
            }
        }
    }

    /// <summary>Writes the result of one fleet of a given size.</summary>
    public static void Once(string mix, int count, int budget, int seed)
    {
        FleetMix one = new[] { FleetMix.Training, FleetMix.Research, FleetMix.Steady }.Single(known => known.Name == mix);
        Console.WriteLine(new SimulatedFleet(one, count, budget, inTurns: false, seed).Run(3));
    }

    private static SimulatedFleet.Result Largest(FleetMix mix, int budget, bool inTurns, int times)
    {
        // Fleets of one size differ by chance, so each is simulated with several seeds; a large fleet is its own average.
        int seeds = times == 1 ? 3 : 1;
        int low = 20 * times, high = (inTurns ? 160 : 1200) * times, step = Math.Max(1, 4 * times);
        SimulatedFleet.Result best = At(low);
        while (high - low > step)
        {
            int middle = (low + high) / 2;
            SimulatedFleet.Result result = At(middle);
            if (result.Regret <= MostRegret)
                (low, best) = (middle, result);
            else
                high = middle;
        }
        return best;

        SimulatedFleet.Result At(int count)
        {
            List<SimulatedFleet.Result> results = Enumerable.Range(1, seeds).AsParallel().AsOrdered().Select(seed => new SimulatedFleet(mix, count, budget, inTurns, seed).Run(times == 1 ? 3 : 1)).ToList();
            return results[0] with
            {
                Regret = results.Average(static one => one.Regret),
                MedianDelay = results.Average(static one => one.MedianDelay),
                P95Delay = results.Average(static one => one.P95Delay),
                ReadingsPerMinute = results.Average(static one => one.ReadingsPerMinute),
                WrongPer100Days = results.Average(static one => one.WrongPer100Days),
            };
        }
    }
}
