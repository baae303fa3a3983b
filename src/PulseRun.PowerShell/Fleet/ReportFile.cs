using System;
using System.IO;
using System.Text;

namespace PulseRun.PowerShell.Fleet;

/// <summary>The file of a report.</summary>
/// <param name="path">The full path.</param>
/// <param name="force">True to replace a read-only file.</param>
/// <param name="noClobber">True to replace no file.</param>
internal sealed class ReportFile(string path, bool force, bool noClobber)
{
    /// <summary>Refuses a path that would be refused at the end too, before anything is read.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: there is a file, and none is to be replaced.</exception>
    public void Check()
    {
        if (noClobber && File.Exists(path))
            throw Wrong("NoClobber", "There is a file already, and -NoClobber replaces none: " + path);
    }

    /// <summary>Writes the page beside its place and moves it there, so that a half-written page never replaces a whole one.</summary>
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
            throw new PulseRunException(ErrorIds.InvalidRequest, "The report could not be written. " + error.Message, error) { Field = "Path" };
        }
        finally
        {
            // It is still there when it was not moved.
            if (File.Exists(draft))
                File.Delete(draft);
        }
    }

    private void ClearReadOnly()
    {
        if (!File.Exists(path) || (File.GetAttributes(path) & FileAttributes.ReadOnly) == 0)
            return;
        if (!force)
            throw Wrong("Force", "The file is read-only, and only -Force replaces it: " + path);
        File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
    }

    private static PulseRunException Wrong(string field, string message) => new(ErrorIds.InvalidRequest, message) { Field = field };
}
