using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Launch;

/// <summary>Tells which launch each of several instances came from, where only one answer is possible. A matching problem, and pure.</summary>
/// <remarks>
/// Launches of one kind ask for the same and are interchangeable: which of them gets an instance does not matter. So an answer counts as the only one when each instance goes to the same kind of launch in every other answer.
/// <para>
/// An answer explains every instance by a certain fit. A fit that is only possible never makes an answer, but it can spoil one: when a launch that gets no instance may have made one that another kind of launch gets.
/// Where no launch is left over, it spoils nothing: two launches would have to be listed with each other's properties.
/// </para>
/// </remarks>
internal static class LaunchAssignment
{
    /// <param name="kinds">The kind of each launch.</param>
    /// <param name="fits">How each launch (first index) fits each instance (second index).</param>
    /// <returns>The launch of each instance; null when not every instance can be explained, or not in one way only.</returns>
    public static int[]? Solve(IReadOnlyList<int> kinds, Fit[,] fits)
    {
        int launches = fits.GetLength(0), instances = fits.GetLength(1);
        if (instances > launches)
            return null;
        var launchOf = Enumerable.Repeat(-1, instances).ToArray();
        var instanceOf = Enumerable.Repeat(-1, launches).ToArray();
        for (int instance = 0; instance < instances; instance++)
        {
            if (!Explain(instance, fits, launchOf, instanceOf, new bool[launches]))
                return null;
        }
        bool isOneKind = kinds.All(kind => kind == kinds[0]);
        return isOneKind || (IsOnly(Fit.Yes, needsSpare: false) && IsOnly(Fit.Maybe, needsSpare: true)) ? launchOf : null;

        // Another answer differs from this one by a circle of instances that pass their launches on, or by a chain of them that ends at a launch without an instance.
        bool IsOnly(Fit least, bool needsSpare)
        {
            var reaches = new List<int>[instances];
            var ends = new bool[instances];
            for (int x = 0; x < instances; x++)
            {
                reaches[x] = [];
                for (int launch = 0; launch < launches; launch++)
                {
                    if (launch == launchOf[x] || fits[launch, x] < least)
                        continue;
                    if (instanceOf[launch] >= 0)
                    {
                        reaches[x].Add(instanceOf[launch]);
                        continue;
                    }
                    ends[x] = true;
                    if (kinds[launch] != kinds[launchOf[x]])
                        return false;
                }
            }
            for (int x = 0; x < instances; x++)
            {
                foreach (int y in reaches[x])
                {
                    if (kinds[launchOf[y]] != kinds[launchOf[x]] && CanPassOn(y, x))
                        return false;
                }
            }
            return true;

            // True when y can give its launch to x.
            bool CanPassOn(int y, int x)
            {
                var seen = new bool[instances];
                var next = new Stack<int>([y]);
                while (next.Count > 0)
                {
                    int at = next.Pop();
                    if (at == x)
                    {
                        if (!needsSpare)
                            return true;
                        continue;
                    }
                    if (ends[at])
                        return true;
                    if (seen[at])
                        continue;
                    seen[at] = true;
                    foreach (int to in reaches[at])
                        next.Push(to);
                }
                return false;
            }
        }
    }

    /// <summary>Finds a launch for one more instance, moving others where that helps.</summary>
    private static bool Explain(int instance, Fit[,] fits, int[] launchOf, int[] instanceOf, bool[] tried)
    {
        // A free one first: the earliest launch then has the earliest instance.
        foreach (bool isFree in new[] { true, false })
        {
            for (int launch = 0; launch < instanceOf.Length; launch++)
            {
                if (fits[launch, instance] != Fit.Yes || tried[launch] || isFree != instanceOf[launch] < 0)
                    continue;
                tried[launch] = true;
                if (!isFree && !Explain(instanceOf[launch], fits, launchOf, instanceOf, tried))
                    continue;
                launchOf[instance] = launch;
                instanceOf[launch] = instance;
                return true;
            }
        }
        return false;
    }
}
