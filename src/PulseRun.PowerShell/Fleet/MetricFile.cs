using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using PulseRun.Core.Monitoring;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Writes a file of metrics. A collector that reads it at any time gets a complete one.</summary>
internal static class MetricFile
{
    /// <summary>Writes the metrics to a temporary file in the same folder, whose name no collector reads, and renames it over the old one.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="field">The name of the parameter, for the error.</param>
    /// <param name="families">The metrics.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the file cannot be written. The old one is unchanged.</exception>
    public static void Write(string path, string field, IReadOnlyList<MetricFamily> families)
    {
        string draft = path + "." + Guid.NewGuid().ToString("N").Remove(8) + ".tmp";
        try
        {
            try
            {
                using (var writer = new StreamWriter(draft, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
                    PrometheusText.Write(families, writer);
                Replace(draft, path);
            }
            finally
            {
                // The temporary file exists only if it was not renamed.
                if (File.Exists(draft))
                    File.Delete(draft);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The metrics cannot be written to '" + path + "'. " + error.Message, error) { Field = field };
        }
    }

#if NET
    private static void Replace(string draft, string path) => File.Move(draft, path, overwrite: true);
#else
    private static void Replace(string draft, string path)
    {
        if (File.Exists(path))
            File.Replace(draft, path, null);
        else
            File.Move(draft, path);
    }
#endif
}
