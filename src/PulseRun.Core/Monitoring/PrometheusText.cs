using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace PulseRun.Core.Monitoring;

/// <summary>Writes metrics in the text format of Prometheus, as the textfile collectors of node_exporter and windows_exporter read it: without times, and with a line feed after each line.</summary>
internal static class PrometheusText
{
    public static void Write(IEnumerable<MetricFamily> families, TextWriter to)
    {
        foreach (MetricFamily family in families)
        {
            to.Write("# HELP " + family.Name + " " + Escape(family.Help, isLabel: false) + "\n# TYPE " + family.Name + " gauge\n");
            foreach (MetricSample sample in family.Samples)
                to.Write(family.Name + Labels(sample.Labels) + " " + sample.Value.ToString("R", CultureInfo.InvariantCulture) + "\n");
        }
    }

    private static string Labels(IReadOnlyList<KeyValuePair<string, string>> labels)
    {
        // An empty label is the same as no label.
        string text = string.Join(",", labels.Where(static pair => pair.Value.Length > 0).Select(static pair => pair.Key + "=\"" + Escape(pair.Value, isLabel: true) + "\""));
        return text.Length == 0 ? "" : "{" + text + "}";
    }

    private static string Escape(string text, bool isLabel)
    {
        var escaped = new StringBuilder(text).Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\r", "");
        return (isLabel ? escaped.Replace("\"", "\\\"") : escaped).ToString();
    }
}
