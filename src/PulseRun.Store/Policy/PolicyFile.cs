using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using PulseRun.Core.Policy;
using PulseRun.Store.Files;

namespace PulseRun.Store.Policy;

/// <summary>Reads the policy of a machine, and refuses a file that others than administrators could have written.</summary>
internal static class PolicyFile
{
    /// <summary>The largest accepted file.</summary>
    private const int MaxLength = 1 << 16;

    private const uint Root = 0;

    /// <summary>Returns the policy; null when there is no file.</summary>
    /// <exception cref="PulseRunException">PolicyViolation: the file is refused or cannot be read.</exception>
    public static PulseRun.Policy? Read(PolicyPlace place)
    {
        try
        {
            if (!Directory.Exists(place.Folder) && !File.Exists(place.Folder))
                return null;
            CheckBefore(place);
            if (Open(place.Path) is not { } file)
                return null;
            using (file)
            {
                CheckOpen(place, file);
                return PolicyParser.Parse(place.Path, Entries(place.Path, Content(place.Path, file)));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw PolicyParser.Refuse(place.Path, null, "it cannot be read. " + e.Message);
        }
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return PrivateFiles.Read(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Checks the folder, and that the path is a file: opening a pipe would block, and the target of a link may be in a folder of another user.</summary>
    private static void CheckBefore(PolicyPlace place)
    {
        if (StorePaths.IsWindows)
        {
            if (WindowsAccess.OthersMayWrite(place.Folder, isFolder: true))
                throw Writable(place.Path, "the folder");
            return;
        }
        if (UnixEntry.At(place.Folder, follow: false) is { } folder)
        {
            if (!folder.IsFolder)
                throw PolicyParser.Refuse(place.Path, null, folder.IsLink ? "its folder is a link." : "its folder is not a folder.");
            CheckOwner(place, folder, "the folder");
        }
        if (UnixEntry.At(place.Path, follow: false) is { IsRegular: false } entry)
            throw PolicyParser.Refuse(place.Path, null, entry.IsLink ? "it is a link." : "it is not a regular file.");
    }

    /// <summary>Checks the open file, so that the file that is checked is the one that is read.</summary>
    private static void CheckOpen(PolicyPlace place, FileStream file)
    {
        if (!StorePaths.IsWindows)
            CheckOwner(place, UnixEntry.Of(file.SafeFileHandle), "the file");
        else if (WindowsAccess.OthersMayWrite(place.Path, isFolder: false))
            throw Writable(place.Path, "the file");
    }

    private static void CheckOwner(PolicyPlace place, UnixEntry entry, string what)
    {
        if (entry.Owner != Root && entry.Owner != place.TrustedOwner)
            throw PolicyParser.Refuse(place.Path, null, what + " does not belong to root.");
        if (entry.OthersMayWrite)
            throw Writable(place.Path, what);
    }

    private static PulseRunException Writable(string path, string what) => PolicyParser.Refuse(path, null, "others than administrators may write to " + what + ".");

    private static byte[] Content(string path, FileStream file)
    {
        using var content = new MemoryStream();
        byte[] part = new byte[4096];
        for (int read; (read = file.Read(part, 0, part.Length)) > 0;)
        {
            content.Write(part, 0, read);
            if (content.Length > MaxLength)
                throw PolicyParser.Refuse(path, null, "it is larger than 64 KB.");
        }
        return content.ToArray();
    }

    private static List<PolicyEntry> Entries(string path, byte[] content)
    {
        ReadOnlySpan<byte> json = content;
        if (json.StartsWith("\uFEFF"u8))
            json = json.Slice(3);
        var reader = new Utf8JsonReader(json);
        try
        {
            var entries = new List<PolicyEntry>();
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                throw PolicyParser.Refuse(path, 1, "a policy is a JSON object.");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int line = LineAt(json, reader.TokenStartIndex);
                string name = reader.GetString()!;
                reader.Read();
                entries.Add(new PolicyEntry(name, line, Value(ref reader)));
            }
            while (reader.Read())
            {
            }
            return entries;
        }
        catch (JsonException e)
        {
            throw PolicyParser.Refuse(path, (int)(e.LineNumber ?? 0) + 1, "it is not JSON. " + e.Message);
        }
        catch (InvalidOperationException)
        {
            // GetString throws for bytes that are not UTF-8.
            throw PolicyParser.Refuse(path, LineAt(json, reader.TokenStartIndex), "it contains bytes that are not UTF-8.");
        }
    }

    /// <summary>Returns the value at the reader, and moves to its end.</summary>
    private static object? Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.True:
                return true;
            case JsonTokenType.False:
                return false;
            case JsonTokenType.Number:
                return reader.TryGetDecimal(out decimal number) ? number : null;
            case JsonTokenType.StartArray:
                return Texts(ref reader);
            default:
                reader.Skip();
                return null;
        }
    }

    /// <summary>Returns the texts of an array; null when it has an element that is not a text.</summary>
    private static List<string>? Texts(ref Utf8JsonReader reader)
    {
        var texts = new List<string>();
        bool isPure = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                texts.Add(reader.GetString()!);
                continue;
            }
            isPure = false;
            reader.Skip();
        }
        return isPure ? texts : null;
    }

    private static int LineAt(ReadOnlySpan<byte> json, long index)
    {
        int line = 1;
        foreach (byte one in json.Slice(0, (int)index))
        {
            if (one == (byte)'\n')
                line++;
        }
        return line;
    }
}
