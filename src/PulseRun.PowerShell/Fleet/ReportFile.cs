using System;
using System.IO;
using System.Text;

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
