using System;
using System.Collections.Generic;
using PulseRun.Core.Cleanup;
using PulseRun.Core.RateLimit;

namespace PulseRun.Core.Store;

/// <summary>Represents a store that several hosts share.</summary>
/// <remarks>Any member may throw <see cref="StoreUnavailableException"/>.</remarks>
internal interface ITeamStore : IStore
{
    /// <summary>Gets where the store is, without anything secret.</summary>
    string Where { get; }

    /// <summary>Gets the store's clock minus that of this host, as last measured. The store's clock is the one that all hosts share.</summary>
    TimeSpan ClockOffset { get; }

    /// <summary>Gets the schema version that this module needs.</summary>
    int RequiredVersion { get; }

    /// <summary>Gets the requests of a key, which all hosts share.</summary>
    IRateAllowance Rate { get; }

    /// <summary>Returns the schema version of the database; 0 when it has none.</summary>
    int ReadVersion();

    /// <summary>Makes or migrates the schema, and returns the version before. Waits while another host does the same.</summary>
    int Initialize();

    /// <summary>Returns the SQL statements that <see cref="Initialize"/> would run.</summary>
    string Script();

    /// <summary>
    /// Returns the audit of an account, to which all hosts append. Its lines cannot be changed, and are kept for 400 days. With no line it shows whether the audit can be written.
    /// The store of one machine has none: no other host acts by it, and the file of -AuditPath has the same lines.
    /// </summary>
    IAuditLog Audit(string account);

    /// <summary>Returns a description of the store.</summary>
    StoreInfo Describe();

    /// <summary>Returns the roles of the schema, with their members.</summary>
    IReadOnlyList<StoreRole> Roles();

    /// <summary>Deletes readings and states from before a time, and returns how many.</summary>
    StoreCount Clear(DateTimeOffset before);

    /// <summary>Takes over the content of another store. May be repeated, also after it was interrupted: nothing is taken over twice.</summary>
    /// <param name="source">Identifies the other store, for the progress.</param>
    /// <param name="local">The content.</param>
    /// <param name="progress">Receives the number of readings taken over so far.</param>
    StoreCount Import(string source, IStoreContent local, Action<long> progress);
}

/// <summary>Returns the whole content of a store, for another one to take over.</summary>
internal interface IStoreContent
{
    /// <summary>Gets the store, for the content that its contracts return.</summary>
    IStore Store { get; }

    /// <summary>Returns the accounts.</summary>
    IReadOnlyList<string> Accounts();

    /// <summary>Returns all launches of an account, oldest first.</summary>
    IReadOnlyList<Launch.LaunchRecord> Launches(string account);

    /// <summary>Returns all notes: those of instances, also of instances that are gone, and those of open launches.</summary>
    IReadOnlyList<StoredNote> Notes();

    /// <summary>Returns the last seen prices of an account.</summary>
    IReadOnlyList<StoredPrice> Prices(string account);
}
