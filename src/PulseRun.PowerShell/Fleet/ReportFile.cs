using System;
using System.IO;
using System.Text;
using PulseRun.Core.Report;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Writes the file of a report.</summary>
/// <param name="path">The full path.</param>
/// <param name="force">True to replace a read-only file.</param>
/// <param name="noClobber">True to fail if the file exists.</param>
internal sealed class ReportFile(string path, bool force, bool noClobber)
{
    /// <summary>Throws when the file exists and may not be replaced. Call it before any request is sent.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the file exists, and -NoClobber was specified.</exception>
    public void Check()
    {
        if (noClobber && File.Exists(path))
            throw Wrong("NoClobber", "The file '" + path + "' exists, and -NoClobber was specified. Pass another path.");
    }

    /// <summary>Writes the page to a temporary file in the same folder and then renames it, so that an incomplete page never replaces a complete one.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the file cannot be written.</exception>
    public void Write(Action<TextWriter> write)
    {
        string draft = path + "." + Guid.NewGuid().ToString("N").Remove(8) + ".tmp";
        try
        {
            ClearReadOnly();
            using (var writer = new StreamWriter(draft, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
                write(writer);
            if (!noClobber && File.Exists(path))
                File.Delete(path);
            File.Move(draft, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The report cannot be written to '" + path + "'. " + error.Message, error) { Field = "Path" };
        }
        finally
        {
            // The temporary file exists only if it was not renamed.
            if (File.Exists(draft))
                File.Delete(draft);
        }
    }

    /// <summary>Reads the figures of an earlier report. Call it before any request is sent.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="now">The time of the new report. An earlier one cannot end after it.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the file cannot be read, or is no such report. Nothing of its content is quoted.</exception>
    public static ReportFigures ReadEarlier(string path, DateTimeOffset now)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            ReportFigures earlier = Libraries.CreateViews().ReadReportJson(file);
            return earlier.Until <= now ? earlier : throw new InvalidDataException("it ends later than this report");
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            string why = error is InvalidDataException ? "is no earlier report: " + error.Message + "." : "cannot be read. " + error.Message;
            throw Wrong("Compare", "Compare: the file '" + path + "' " + why + " Pass a file that Export-PRReport -AsJson wrote.");
        }
    }

    private void ClearReadOnly()
    {
        if (!File.Exists(path) || (File.GetAttributes(path) & FileAttributes.ReadOnly) == 0)
            return;
        if (!force)
            throw Wrong("Force", "The file '" + path + "' is read-only. Use -Force to replace it.");
        File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
    }

    private static PulseRunException Wrong(string field, string message) => new(ErrorIds.InvalidRequest, message) { Field = field };
}
