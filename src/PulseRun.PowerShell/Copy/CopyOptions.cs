using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace PulseRun.PowerShell.Copy;

/// <summary>Specifies what a copy does with a destination that exists.</summary>
internal enum CopyMode
{
    /// <summary>Fails.</summary>
    New,

    /// <summary>Replaces files.</summary>
    Force,

    /// <summary>Replaces files that are older or have another size, and continues an interrupted copy.</summary>
    Update,
}

/// <summary>Contains what holds for all copies of a command.</summary>
/// <param name="Mode">The treatment of a destination that exists.</param>
/// <param name="Recurse">True to copy folders.</param>
/// <param name="Filter">The files that are left out.</param>
internal sealed record CopyOptions(CopyMode Mode, bool Recurse, CopyFilter Filter)
{
    /// <summary>Gets the mode in the form of the scripts.</summary>
    public string ModeText => Mode.ToString().ToLowerInvariant();

    /// <summary>Returns a word that cannot be guessed, for the reports of a script.</summary>
    public static string NewWord() => "pr" + Guid.NewGuid().ToString("N");

    /// <summary>Returns the word in the name of the temporary folder beside a destination. With -Update it is the same each time, so that an interrupted copy is found again.</summary>
    public string StageWord(params string[] place)
    {
        if (Mode != CopyMode.Update)
            return Guid.NewGuid().ToString("N").Remove(16);
        using var sha = SHA256.Create();
        return "part-" + string.Concat(sha.ComputeHash(Encoding.UTF8.GetBytes(string.Join("\n", place))).Take(6).Select(static one => one.ToString("x2", CultureInfo.InvariantCulture)));
    }
}

/// <summary>Contains the size and the time of a file, as a listing shows them.</summary>
/// <param name="Kind">f for a file, d for a folder, l for anything else.</param>
/// <param name="Size">The size in bytes.</param>
/// <param name="Modified">The time of the last change, in seconds since 1970.</param>
internal readonly record struct ListedFile(char Kind, long Size, long Modified)
{
    /// <summary>Reads the records of a listing script: a tag, the kind, the size, the time, the name, "//" and a line break. Names may contain line breaks.</summary>
    public static Dictionary<string, Dictionary<string, ListedFile>> Parse(System.IO.Stream stream)
    {
        var all = new Dictionary<string, Dictionary<string, ListedFile>>(StringComparer.Ordinal);
        using var reader = new System.IO.StreamReader(stream, new UTF8Encoding(false));
        var record = new StringBuilder();
        int next;
        while ((next = reader.Read()) >= 0)
        {
            record.Append((char)next);
            int length = record.Length;
            if (length > 65_536)
                throw new PulseRunException(ErrorIds.CopyFailed, "The listing of the instance has a record without an end.");
            if (next != '\n' || length < 3 || record[length - 2] != '/' || record[length - 3] != '/')
                continue;
            string[] words = record.ToString(0, length - 3).Split([' '], 5);
            record.Clear();
            if (words.Length != 5 || words[1].Length != 1 || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out long size) || !long.TryParse(words[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long modified))
                throw new PulseRunException(ErrorIds.CopyFailed, "The listing of the instance has a form that is not known. -Update needs the programs find and stat there.");
            if (!all.TryGetValue(words[0], out Dictionary<string, ListedFile>? files))
                all[words[0]] = files = new(StringComparer.Ordinal);
            files[words[4]] = new ListedFile(words[1][0], size, modified);
        }
        return all;
    }
}
