using System;
using System.Collections.Generic;

namespace PulseRun.Contracts;

/// <summary>The instances that cleanup never touches. Notes of this machine; the server knows nothing of them.</summary>
internal interface IProtections
{
    /// <summary>Protects an instance, or changes reason and end of its protection.</summary>
    Protection Protect(string account, string id, string? reason, DateTimeOffset? until, DateTimeOffset now);

    /// <summary>Ends a protection; false when there is none.</summary>
    bool Unprotect(string account, string id);

    /// <summary>The protections that hold now, by id.</summary>
    IReadOnlyDictionary<string, Protection> Get(string account, DateTimeOffset now);
}
