using System;
using System.Collections.Generic;

namespace PulseRun.Core.Protections;

/// <summary>The instances that cleanup never touches. Notes of this user on this machine; the server knows nothing of them. They hold for the id, whichever account made them: one fleet may be reached with several keys and addresses.</summary>
internal interface IProtections
{
    /// <summary>Protects an instance, or changes reason and end of its protection.</summary>
    Protection Protect(string account, string id, string? reason, DateTimeOffset? until, DateTimeOffset now);

    /// <summary>Ends a protection, whichever account made it; false when there is none.</summary>
    bool Unprotect(string id);

    /// <summary>Returns the protections that hold now, by id, whichever account made them.</summary>
    IReadOnlyDictionary<string, Protection> Get(DateTimeOffset now);
}
