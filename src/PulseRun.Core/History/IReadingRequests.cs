using System;
using System.Collections.Generic;
using PulseRun.Core.Idle;

namespace PulseRun.Core.History;

/// <summary>Stores which instances were asked for their metrics, and with what success. The next readings are chosen by it, by any process.</summary>
internal interface IReadingRequests
{
    /// <summary>Returns what is known about each instance, without its readings.</summary>
    IReadOnlyDictionary<string, ReadingRecord> All(string account);

    /// <summary>
    /// Leases instances for a reading, so that runs that overlap do not read the same one in the same slot. The check and the lease are one transaction.
    /// A lease ends with the recorded reading or miss, or when it expires, so that a killed run leaves nothing behind.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="ids">The instances, in the order in which they are to be read.</param>
    /// <param name="most">The largest number of leases.</param>
    /// <param name="time">The times of the lease.</param>
    /// <returns>The ids that were leased, in their order. Instances that another run has leased are left out.</returns>
    IReadOnlyList<string> Lease(string account, IEnumerable<string> ids, int most, LeaseTime time);

    /// <summary>Records that instances were asked and gave no reading, and ends their leases.</summary>
    /// <param name="account">The account.</param>
    /// <param name="ids">The instances.</param>
    /// <param name="counts">True when this counts as a miss; false when the request failed for a reason that does not concern the instance.</param>
    /// <param name="now">The current time.</param>
    void RecordMisses(string account, IReadOnlyCollection<string> ids, bool counts, DateTimeOffset now);

    /// <summary>Records that a cleanup left an idle instance running.</summary>
    void Keep(string account, string id, KeptReason reason, DateTimeOffset now);

    /// <summary>Returns true, and records the time, when the account was not told for the given time that its fleet is too large.</summary>
    bool TryWarnOverload(string account, DateTimeOffset now, TimeSpan every);
}

/// <summary>Contains the times of a lease, by the clock of the connection.</summary>
/// <param name="Now">The current time.</param>
/// <param name="Until">The time at which the lease expires.</param>
/// <param name="NotAskedSince">An instance that was asked after this time is not leased, because another run has just read it.</param>
internal readonly record struct LeaseTime(DateTimeOffset Now, DateTimeOffset Until, DateTimeOffset NotAskedSince);
