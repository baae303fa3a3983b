using System;
using System.Collections.Generic;

namespace PulseRun.Core.Cleanup;

/// <summary>Stores the warnings before stops, for all processes that share the store. An instance has at most one: that of its present idle spell.</summary>
internal interface IIdleWarnings
{
    /// <summary>Returns the warnings of an account by instance id.</summary>
    IReadOnlyDictionary<string, IdleWarning> Get(string account);

    /// <summary>Records up to when spells are known to be unbroken, in one transaction. A spell that another process has ended meanwhile is not changed.</summary>
    /// <param name="account">The account.</param>
    /// <param name="spells">The spells with the time of their last reading.</param>
    void Confirm(string account, IReadOnlyCollection<KeyValuePair<Guid, DateTimeOffset>> spells);

    /// <summary>Deletes the warnings of spells that have ended. The next spell needs a new warning.</summary>
    void End(string account, IReadOnlyCollection<Guid> spells);

    /// <summary>Claims the warning of an instance before it is sent, in one transaction: of two processes one gets it. A claim expires after <paramref name="validFor"/>, and when its process has ended.</summary>
    /// <param name="account">The account.</param>
    /// <param name="id">The instance.</param>
    /// <param name="since">The time of the first low reading, for a new spell.</param>
    /// <param name="confirmedAt">The time of the last reading.</param>
    /// <param name="validFor">The time for which the claim holds.</param>
    /// <param name="spell">The spell that the warning belongs to.</param>
    WarningClaim Claim(string account, string id, DateTimeOffset since, DateTimeOffset confirmedAt, TimeSpan validFor, out Guid spell);

    /// <summary>Records that the warning of a spell was delivered. Returns false when the spell has ended meanwhile. The first delivery counts.</summary>
    bool Delivered(string account, Guid spell, DateTimeOffset at);

    /// <summary>Releases the claim of a warning that was not delivered, so that the next run can send it at once.</summary>
    void Release(string account, Guid spell);
}
