using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Divides the requests of a run between readings and acts. An act takes two: a second look, and the act itself.</summary>
/// <param name="Readings">How many instances may be read.</param>
/// <param name="Acts">How many acts are paid for.</param>
/// <param name="Spare">What is left for looks that must be taken again.</param>
internal readonly record struct RequestShare(int Readings, int Acts, int Spare)
{
    public const int PerAct = 2;

    /// <param name="requests">What is left after the list.</param>
    /// <param name="running">How many instances could be read.</param>
    /// <param name="possible">How many acts there may be.</param>
    public static RequestShare Divide(int requests, int running, int possible)
    {
        requests = Math.Max(0, requests);
        // Nothing is proven without readings: a third of the requests are theirs even when there is much to do.
        int leastReadings = Math.Min(running, (requests + 2) / 3);
        int acts = Math.Max(0, Math.Min(possible, (requests - leastReadings) / PerAct));
        int readings = Math.Min(running, requests - acts * PerAct);
        return new RequestShare(readings, acts, requests - readings - acts * PerAct);
    }
}
