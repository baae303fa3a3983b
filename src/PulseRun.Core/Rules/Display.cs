using System.Collections.Generic;
using System.Globalization;

namespace PulseRun.Rules;

/// <summary>How values are written for people.</summary>
internal static class Display
{
    /// <summary>An instance as a person recognises it: <c>inst_abc (h100_80gb, vast_ai, $1.99/h)</c>.</summary>
    public static string Describe(Instance instance)
    {
        var parts = new List<string>(3);
        if (instance.Gpu is { } gpu)
            parts.Add(Text.Clean(gpu, 40));
        if (instance.Provider is { } provider)
            parts.Add(Text.Clean(provider, 40));
        if (instance.CostPerHour is { } cost)
            parts.Add(PerHour(cost));
        return parts.Count == 0 ? instance.Id : instance.Id + " (" + string.Join(", ", parts) + ")";
    }

    /// <summary>A price: at least cents, at most hundredths of them, as cheap GPUs cost fractions of a cent.</summary>
    public static string PerHour(decimal dollars) => "$" + dollars.ToString("0.00##", CultureInfo.InvariantCulture) + "/h";
}
