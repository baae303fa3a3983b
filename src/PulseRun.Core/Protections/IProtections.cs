using System;
using System.Collections.Generic;

namespace PulseRun.Core.Protections;

/// <summary>Stores which instances cleanup must not act on. Protections belong to this user and machine; the server does not know them. They apply to the instance id under every account, because one fleet may be reached with several keys and addresses.</summary>
internal interface IProtections
{
    /// <summary>Protects an instance, or changes the reason and the end of its protection.</summary>
    Protection Protect(string account, string id, string? reason, DateTimeOffset? until, DateTimeOffset now);

    /// <summary>Ends a protection, whichever account created it. Returns false when there is none.</summary>
    bool Unprotect(string id);

    /// <summary>Returns the protections in effect, by id, whichever account created them.</summary>
    IReadOnlyDictionary<string, Protection> Get(DateTimeOffset now);
}
