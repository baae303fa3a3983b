using System;
using System.Collections.Generic;

namespace PulseRun.Core.Cleanup;

/// <summary>Counts the acts of the cleanups that share this store, so that overlapping runs share one limit.</summary>
internal interface ICleanupRuns
{
    /// <summary>Records the start of a run. Runs whose process has ended count as over from now on.</summary>
    /// <param name="run">The run.</param>
    /// <param name="account">The account. A store of several hosts keeps its leases by it.</param>
    /// <param name="longestRequest">The longest time that a request of this run may take. In a store of several hosts an act holds the lease of its instance for longer than this.</param>
    void Begin(Guid run, string account = "", TimeSpan longestRequest = default);

    /// <summary>Counts one act if this run and those that overlap with it have begun fewer than permitted, and no other run that has not ended acts on the same instance. The check and the count are one transaction: of two processes that compete for the last act, one gets it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="id">The instance to act on. A repeated call for one run and instance does not count again.</param>
    /// <param name="max">The number of acts that all overlapping runs together may begin.</param>
    /// <param name="intent">The act that is about to be made. A store of several hosts shows it with the lease.</param>
    /// <returns>True when the act may be sent.</returns>
    bool TryAct(Guid run, string id, int max, string intent = "Stop");

    /// <summary>
    /// Returns true when <see cref="TryAct"/> granted the act at most a given time ago and no other run has taken the instance since. Asked right before the act is sent.
    /// A store of several hosts answers by its own clock, which goes on while this host sleeps or is paused as a virtual machine. In the store of one machine an act stays granted, because the other runs sleep with it.
    /// </summary>
    bool IsGranted(Guid run, string id, TimeSpan within);

    /// <summary>Records the result of an act that was sent. A run that no longer holds the lease of the instance changes nothing.</summary>
    void Finish(Guid run, string id, string result);

    /// <summary>Takes back the count of an act that was not sent.</summary>
    void Release(Guid run, string id);

    /// <summary>Claims an instance for the steps before its stop, so that two processes do not run the command of -BeforeStop at the same time. The claim expires after <paramref name="validFor"/>, and when its process has ended.</summary>
    /// <returns>True when the claim is granted, also to a run that already has it.</returns>
    bool TryClaim(Guid run, string account, string id, TimeSpan validFor);

    /// <summary>Releases the claim of an instance.</summary>
    void ReleaseClaim(Guid run, string account, string id);

    /// <summary>Records the end of a run.</summary>
    void End(Guid run);

    /// <summary>Records that a cleanup stopped an instance. Stops are kept for 90 days, as states are.</summary>
    /// <param name="account">The account.</param>
    /// <param name="id">The instance.</param>
    /// <param name="at">The time of the stop. Older stops than the retention, counted from this, are deleted.</param>
    void RecordStop(string account, string id, DateTimeOffset at);

    /// <summary>Returns the recorded stops of an account, by instance and in time order.</summary>
    IReadOnlyList<CleanupStop> Stops(string account);
}
