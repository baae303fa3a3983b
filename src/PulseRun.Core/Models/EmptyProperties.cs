using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Contains one shared empty dictionary. Most answers have no additional properties, so allocating one for each instance would be wasteful.</summary>
internal static class EmptyProperties
{
    public static readonly IReadOnlyDictionary<string, object?> Instance =
        PropertyBag.None;
}
