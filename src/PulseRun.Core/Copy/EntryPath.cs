using System;
using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Text;

namespace PulseRun.Core.Copy;

/// <summary>Decides where an entry of an archive may be written, and which links may be made. It works on the paths alone and reads no file system.</summary>
internal static class EntryPath
{
    private static readonly string[] s_reserved = ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(static n => new[] { "COM" + n, "LPT" + n })];

    /// <summary>Returns the parts of the name of an entry, relative to the folder that is copied; empty for the folder itself.</summary>
    /// <param name="name">The name in the archive.</param>
    /// <param name="isWindows">True when the names must be valid on Windows.</param>
    /// <exception cref="PulseRunException">UnsafeArchive: the name is absolute, leaves the folder, or is no name on this system.</exception>
    public static IReadOnlyList<string> Parse(string name, bool isWindows)
    {
        string text = name;
        while (text.StartsWith("./", StringComparison.Ordinal))
            text = text.Substring(2);
        if (text is "." or "")
            return name.Length > 0 ? [] : throw Refused(name, "is empty");
        if (text[text.Length - 1] == '/')
            text = text.Remove(text.Length - 1);
        string[] parts = text.Split('/');
        foreach (string part in parts)
        {
            if (part.Length == 0)
                throw Refused(name, "is absolute or has an empty part");
            if (part is "." or "..")
                throw Refused(name, "contains '" + part + "'");
            if (part.Any(static c => c == '\0'))
                throw Refused(name, "contains a null character");
            if (isWindows && !IsWindowsName(part))
                throw Refused(name, "is no name of a file on Windows");
        }
        return parts;
    }

    /// <summary>Returns true when a symbolic link stays in the folder that is copied. Every other link of the folder does too, or is not made.</summary>
    /// <param name="parts">The name of the link.</param>
    /// <param name="target">The target of the link.</param>
    /// <remarks>After the leading '..' no other one is accepted, because a part before it may be a link, and then '..' leads elsewhere than the text says.</remarks>
    public static bool StaysInside(IReadOnlyList<string> parts, string target)
    {
        if (target.Length == 0 || target[0] == '/' || target.Any(static c => c is '\0' or '\\' or ':'))
            return false;
        int depth = parts.Count - 1;
        bool descends = false;
        foreach (string part in target.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part == "..")
            {
                if (descends || --depth < 0)
                    return false;
            }
            else
            {
                descends = true;
            }
        }
        return true;
    }

    private static bool IsWindowsName(string part)
    {
        if (part.Any(static c => c < ' ' || c is '<' or '>' or ':' or '"' or '|' or '?' or '*' or '\\') || part[part.Length - 1] is '.' or ' ')
            return false;
        string stem = part.Split('.')[0].TrimEnd();
        return !s_reserved.Contains(stem, StringComparer.OrdinalIgnoreCase);
    }

    private static PulseRunException Refused(string name, string why) =>
        new(ErrorIds.UnsafeArchive, "The archive was refused: the name '" + CleanText.Clean(name, 200) + "' " + why + ".");
}
