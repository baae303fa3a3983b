using System;

namespace PulseRun.Core.Cleanup;

/// <summary>Divides the requests of a run between readings and acts. An act takes two requests: the second look and the act itself.</summary>
/// <param name="Readings">The number of instances that may be read.</param>
/// <param name="Acts">The number of acts that are paid for.</param>
/// <param name="Spare">The number of requests left for second looks that have to be repeated.</param>
internal readonly record struct RequestShare(int Readings, int Acts, int Spare)
{
    public const int PerAct = 2;

    /// <summary>Returns the division of a number of requests.</summary>
    /// <param name="requests">The requests left after the list.</param>
    /// <param name="running">The number of running instances.</param>
    /// <param name="possible">The largest number of acts to plan for.</param>
    public static RequestShare Divide(int requests, int running, int possible)
    {
        requests = Math.Max(0, requests);
        // Without readings nothing can be proven idle, so at least a third of the requests is kept for them.
        int leastReadings = Math.Min(running, (requests + 2) / 3);
        int acts = Math.Max(0, Math.Min(possible, (requests - leastReadings) / PerAct));
        int readings = Math.Min(running, requests - acts * PerAct);
        return new RequestShare(readings, acts, requests - readings - acts * PerAct);
    }
}
