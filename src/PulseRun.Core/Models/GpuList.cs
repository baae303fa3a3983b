using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Linq;

namespace PulseRun;

/// <summary>Holds the readings of the single GPUs. Its text contains all of them, because Export-Csv writes the text of a value: <c>97.5/41 0/3 /</c> is the utilization and memory of three GPUs, the last one unknown.</summary>
internal sealed class GpuList : ReadOnlyCollection<GpuMetrics>
{
    public static readonly GpuList None = new([]);

    private GpuList(IList<GpuMetrics> gpus)
        : base(gpus)
    {
    }

    public static GpuList Of(IReadOnlyList<GpuMetrics> gpus) => gpus as GpuList ?? (gpus.Count == 0 ? None : new GpuList(gpus as IList<GpuMetrics> ?? gpus.ToList()));

    /// <summary>Returns the list that a text of <see cref="ToString"/> describes; null when the text is none.</summary>
    public static GpuList? Parse(string text)
    {
        string trimmed = text.Trim();
        if (trimmed.Length == 0)
            return None;
        string[] parts = trimmed.Split(' ');
        var gpus = new GpuMetrics[parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            string[] pair = parts[i].Split('/');
            if (pair.Length != 2 || !TryNumber(pair[0], out double? utilization) || !TryNumber(pair[1], out double? memory))
                return null;
            gpus[i] = new GpuMetrics { Index = i, Utilization = utilization, MemoryUsage = memory };
        }
        return new GpuList(gpus);
    }

    /// <summary>Returns all readings as text, in the invariant culture.</summary>
    public override string ToString() => string.Join(" ", this.Select(static gpu => Number(gpu.Utilization) + "/" + Number(gpu.MemoryUsage)));

    private static string Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture) ?? "";

    private static bool TryNumber(string text, out double? value)
    {
        bool isNumber = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
        value = isNumber ? number : null;
        return isNumber || text.Length == 0;
    }
}
