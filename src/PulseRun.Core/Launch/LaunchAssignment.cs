using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Launch;

/// <summary>Assigns instances to launches where only one assignment is possible. This is a bipartite matching without side effects.</summary>
/// <remarks>
/// Launches of one kind have equal requests and are interchangeable. So an assignment counts as unique when every other assignment gives each instance to the same kind of launch.
/// <para>
/// An assignment uses only fits of Yes. A Maybe never makes an assignment, but it can make one ambiguous: a launch without an instance may have created one that the assignment gives to another kind of launch.
/// If every launch has an instance, a Maybe changes nothing, because two launches would have to be listed with each other's properties.
/// </para>
/// </remarks>
internal static class LaunchAssignment
{
    /// <summary>Returns the launch of each instance.</summary>
    /// <param name="kinds">The kind of each launch.</param>
    /// <param name="fits">The fit of each launch (first index) with each instance (second index).</param>
    /// <returns>The index of the launch for each instance; null when some instance has no launch, or the assignment is not unique.</returns>
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

        // Another assignment differs from this one by a cycle of instances that pass their launches on, or by a chain of them that ends at a launch without an instance.
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

            // Returns true when y can give its launch to x.
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

    /// <summary>Finds a launch for one more instance, and reassigns others if necessary (augmenting path).</summary>
    private static bool Explain(int instance, Fit[,] fits, int[] launchOf, int[] instanceOf, bool[] tried)
    {
        // Try free launches first, so that the earliest launch gets the earliest instance.
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
