using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Describes the store that the commands use: the file of this machine, or the database of a team.</summary>
public sealed class StoreInfo
{
    private readonly TextList<StoreTable> _tables = TextList<StoreTable>.None;
    private readonly TextList<StoreConnection> _connections = TextList<StoreConnection>.None;
    private readonly TextList<StoreLease> _leases = TextList<StoreLease>.None;

    /// <summary>Gets <c>SQLite</c> for the file of this machine, or <c>PostgreSQL</c> for the database of a team.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Gets where the store is: the path of the file, or the host and the database. Never a password.</summary>
    public string Location { get; init; } = "";

    /// <summary>Gets the version of the tables; null when it is not known, 0 when there are none.</summary>
    public int? SchemaVersion { get; init; }

    /// <summary>Gets the version of the tables that this module needs; null for the file of this machine, which is migrated when it is opened.</summary>
    public int? RequiredVersion { get; init; }

    /// <summary>Gets the version of the server; null for the file of this machine.</summary>
    public string? ServerVersion { get; init; }

    /// <summary>Gets the size in bytes; null when it is not known.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Gets the number of stored readings, as the server estimates it, without those in rows of 5 minutes (the table <c>rollup</c>); null when it is not known.</summary>
    public long? Readings { get; init; }

    /// <summary>Gets the role of this user: Owner, Writer, Reader or None; null for the file of this machine.</summary>
    public string? Role { get; init; }

    /// <summary>Gets the digest by which the store knows the account of the connection; null without a connection. It is the name of the account in the views of the database and for pulserun.bind.</summary>
    public string? Account { get; internal set; }

    /// <summary>Gets how long one question to the store takes; null for the file of this machine.</summary>
    public TimeSpan? Latency { get; init; }

    /// <summary>Gets how far the slowest replica of the server is behind; null without a replica.</summary>
    public TimeSpan? ReplicaLag { get; init; }

    /// <summary>Gets the clock of the store minus that of this host; null for the file of this machine.</summary>
    public TimeSpan? ClockOffset { get; init; }

    /// <summary>Gets the tables with their sizes.</summary>
    public IReadOnlyList<StoreTable> Tables { get => _tables; init => _tables = TextList<StoreTable>.Of(value); }

    /// <summary>Gets the connections of all hosts.</summary>
    public IReadOnlyList<StoreConnection> Connections { get => _connections; init => _connections = TextList<StoreConnection>.Of(value); }

    /// <summary>Gets the leases of the last day: which host may act, or has acted, on which instance.</summary>
    public IReadOnlyList<StoreLease> Leases { get => _leases; init => _leases = TextList<StoreLease>.Of(value); }

    /// <summary>Returns the kind and the location.</summary>
    public override string ToString() => Kind + " " + Location;
}

/// <summary>Describes one table of a store.</summary>
public sealed class StoreTable
{
    /// <summary>Gets the name of the table.</summary>
    public string Name { get; init; } = "";

    /// <summary>Gets the number of rows, as the server estimates it.</summary>
    public long Rows { get; init; }

    /// <summary>Gets the size in bytes, including indexes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}

/// <summary>Describes one connection to the store of a team.</summary>
public sealed class StoreConnection
{
    /// <summary>Gets the host that connected, as it named itself.</summary>
    public string Host { get; init; } = "";

    /// <summary>Gets the address; null for a socket, and when the role may not see it.</summary>
    public string? Address { get; init; }

    /// <summary>Gets the user of the database.</summary>
    public string? User { get; init; }

    /// <summary>Gets the time at which the connection was made (UTC).</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Returns the host.</summary>
    public override string ToString() => Host;
}

/// <summary>Describes the right of one host to act on an instance.</summary>
public sealed class StoreLease
{
    /// <summary>Gets the id of the instance.</summary>
    public string InstanceId { get; init; } = "";

    /// <summary>Gets what the host is about to do, such as Stop.</summary>
    public string Intent { get; init; } = "";

    /// <summary>Gets the host.</summary>
    public string Host { get; init; } = "";

    /// <summary>Gets the token. A later lease of the instance has a higher one.</summary>
    public long Token { get; init; }

    /// <summary>Gets the time at which the lease was taken (UTC).</summary>
    public DateTimeOffset TakenAt { get; init; }

    /// <summary>Gets the time at which the lease expires or expired (UTC, by the clock of the database).</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Gets the result of the act; null while it is not known.</summary>
    public string? Result { get; init; }

    /// <summary>Returns the instance and the host.</summary>
    public override string ToString() => InstanceId + " " + Host;
}

/// <summary>Describes one role of the store of a team.</summary>
public sealed class StoreRole
{
    /// <summary>Gets the name of the role in the database.</summary>
    public string Name { get; init; } = "";

    /// <summary>True when the role exists on the server.</summary>
    public bool Exists { get; init; }

    /// <summary>True when this user has the role.</summary>
    public bool IsMine { get; init; }

    /// <summary>Gets the users that have the role, separated by commas.</summary>
    public string Members { get; init; } = "";

    /// <summary>Returns the name.</summary>
    public override string ToString() => Name;
}

/// <summary>Counts what was taken over or deleted.</summary>
public sealed class StoreCount
{
    /// <summary>Gets the number of readings.</summary>
    public long Readings { get; init; }

    /// <summary>Gets the number of states.</summary>
    public long States { get; init; }

    /// <summary>Gets the number of launches.</summary>
    public long Launches { get; init; }

    /// <summary>Gets the number of notes: names, tags, lifetimes and who launched.</summary>
    public long Notes { get; init; }

    /// <summary>Gets the number of protections.</summary>
    public long Protections { get; init; }

    /// <summary>Gets the number of names that were left out, because another instance of the team has them. The rest of these notes was taken over.</summary>
    public long NamesTaken { get; init; }

    /// <summary>Gets the number of prices.</summary>
    public long Prices { get; init; }

    /// <summary>Gets the number of stops of cleanups.</summary>
    public long Stops { get; init; }

    /// <summary>Returns the counts as one line.</summary>
    public override string ToString() => Readings + " readings, " + States + " states, " + Launches + " launches, " + Notes + " notes, " + Protections + " protections, " + Prices + " prices, " + Stops + " stops";
}
