using System;

namespace PulseRun.Core.Cleanup;

/// <summary>The cleanups that share this store, and how many acts each has begun: what limits a run limits all that overlap with it.</summary>
internal interface ICleanupRuns
{
    /// <summary>Records that a run has begun. Runs of processes that have ended count as over from now on.</summary>
    void Begin(Guid run);

    /// <summary>Counts one act, unless this run and those that overlap with it have begun as many as allowed. One transaction: of two processes at once, one gets the last act.</summary>
    /// <param name="run">The run.</param>
    /// <param name="id">The instance that is acted on. Once counted in a run, it is not counted again.</param>
    /// <param name="max">How many acts all of them together may begin.</param>
    /// <returns>True when the act may be sent.</returns>
    bool TryAct(Guid run, string id, int max);

    /// <summary>Takes back an act that was not sent.</summary>
    void Release(Guid run, string id);

    /// <summary>Records that a run is over.</summary>
    void End(Guid run);
}
