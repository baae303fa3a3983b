using System;
using System.IO;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Reads a short text from a file. The text is a secret, so no message contains it.</summary>
internal static class SecretFile
{
    private const int MaxLength = 4096;

    /// <summary>Returns the only line of a file that is not empty.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the file cannot be read, or has another number of such lines.</exception>
    public static string ReadLine(string path, string field)
    {
        try
        {
            // The file is checked before it is opened, because opening a pipe would wait for a writer.
            if (!File.Exists(path) || (File.GetAttributes(path) & FileAttributes.Device) != 0 || new FileInfo(path).Length is 0 or > MaxLength)
                throw Refuse(path, field, "does not exist, is empty, or is too long");
            string text = File.ReadAllText(path).Trim();
            return text.Length > 0 && text.IndexOfAny(['\r', '\n']) < 0 ? text : throw Refuse(path, field, "must contain one line");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refuse(path, field, "cannot be read: " + error.Message);
        }
    }

    private static PulseRunException Refuse(string path, string field, string why) =>
        new(ErrorIds.InvalidRequest, field + ": the file '" + CleanText.Clean(path, 300) + "' " + why + ". Nothing was done.") { Field = field };
}
