using System;
using System.Collections.Generic;

namespace PulseRun.Core.Idle;

/// <summary>Contains what the store knows about the readings of one instance, for the order of the next readings.</summary>
internal sealed record ReadingRecord
{
    /// <summary>The record of an instance that was never read.</summary>
    public static readonly ReadingRecord Empty = new();

    /// <summary>Gets the time of the newest reading of any age; null when there is none.</summary>
    public DateTimeOffset? LastRead { get; init; }

    /// <summary>Gets the time at which the instance was last asked for its metrics; null when that never happened.</summary>
    public DateTimeOffset? AskedAt { get; init; }

    /// <summary>Gets the number of requests since the last usable reading.</summary>
    public int Misses { get; init; }

    /// <summary>Gets the time at which a cleanup last left the idle instance running; null when that never happened.</summary>
    public DateTimeOffset? KeptAt { get; init; }

    /// <summary>Gets the reason for that.</summary>
    public KeptReason KeptReason { get; init; }

    /// <summary>Gets how many times in a row that happened.</summary>
    public int Keeps { get; init; }

    /// <summary>Gets the recent readings in time order. Readings from before the window and its longest gap do not affect the order.</summary>
    public IReadOnlyList<Reading> Readings { get; init; } = [];
}

/// <summary>Specifies why a cleanup left an idle instance running.</summary>
internal enum KeptReason
{
    /// <summary>No cleanup left it running.</summary>
    None = 0,

    /// <summary>The cleanup ran with -WhatIf. A cleanup without it does not consider this.</summary>
    WhatIf = 1,

    /// <summary>A person answered no.</summary>
    Declined = 2,

    /// <summary>The provider refused to stop it.</summary>
    Refused = 3,
}
