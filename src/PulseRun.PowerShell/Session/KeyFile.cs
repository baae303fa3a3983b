using System;
using System.IO;
using System.Security;
using System.Text;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Session;

/// <summary>Reads the file that PULSERUN_API_KEY_FILE names, the way in which containers and services pass secrets. Its permissions are not checked, because the creator of the file chose them.</summary>
internal static class KeyFile
{
    private const int MaxLength = 4096;

    /// <summary>Returns the key, without leading and trailing white space.</summary>
    /// <exception cref="PulseRunException">NotConnected: the file cannot be read, or does not contain a key.</exception>
    public static SecureString Read(string path)
    {
        byte[] bytes = new byte[MaxLength + 1];
        try
        {
            // The file is checked before it is opened, because opening a pipe would wait for a writer.
            if (!File.Exists(path) || (File.GetAttributes(path) & FileAttributes.Device) != 0 || new FileInfo(path).Length == 0)
                throw Refuse(path, "does not exist or is empty");
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            int length = 0;
            for (int got; length < bytes.Length && (got = file.Read(bytes, length, bytes.Length - length)) > 0; length += got)
            {
            }
            if (length > MaxLength)
                throw Refuse(path, "is longer than any key");
            char[] text = Encoding.UTF8.GetChars(bytes, 0, length);
            try
            {
                return SecretText.Of(Trim(text));
            }
            finally
            {
                Array.Clear(text, 0, text.Length);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw Refuse(path, "cannot be read: " + error.Message);
        }
        finally
        {
            Array.Clear(bytes, 0, bytes.Length);
        }
    }

    private static ArraySegment<char> Trim(char[] text)
    {
        int start = 0, end = text.Length;
        while (start < end && (char.IsWhiteSpace(text[start]) || text[start] == '\uFEFF'))
            start++;
        while (end > start && char.IsWhiteSpace(text[end - 1]))
            end--;
        return new ArraySegment<char>(text, start, end - start);
    }

    private static PulseRunException Refuse(string path, string why) =>
        new(ErrorIds.NotConnected, Connections.KeyFileVariable + ": the file '" + CleanText.Clean(path, 300) + "' " + why + ".") { Field = Connections.KeyFileVariable };
}
