using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace PulseRun;

/// <summary>One shared empty dictionary: most answers have nothing additional, and a fleet is many answers.</summary>
internal static class EmptyProperties
{
    public static readonly IReadOnlyDictionary<string, object?> Instance =
        new ReadOnlyDictionary<string, object?>(new Dictionary<string, object?>());
}
