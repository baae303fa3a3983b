using System;
using System.Collections.Generic;
using PulseRun.Core.Text;

namespace PulseRun.Core.Notes;

/// <summary>Checks names, tags and lifetimes before anything is stored or sent.</summary>
internal static class NoteRules
{
    public const int MaxNameLength = 64;
    public const int MaxTags = 32;
    public const int MaxTagKeyLength = 64;
    public const int MaxTagValueLength = 256;

    /// <summary>The start of the ids that the service assigns.</summary>
    private const string IdPrefix = "inst_";

    public static readonly TimeSpan ShortestLifetime = TimeSpan.FromMinutes(1);
    public static readonly TimeSpan LongestLifetime = TimeSpan.FromDays(366);

    /// <summary>Returns why a text cannot be the name of an instance; null when it can.</summary>
    /// <remarks>A name that looks like an id would let a command act on another instance than the one meant.</remarks>
    public static string? WrongName(string name)
    {
        if (name.Length is 0 or > MaxNameLength)
            return "a name has 1 to 64 characters.";
        if (name.StartsWith(IdPrefix, StringComparison.OrdinalIgnoreCase))
            return "a name does not begin with inst_, as ids do.";
        foreach (char c in name)
        {
            if (!(char.IsLetterOrDigit(c) || c is '-' or '_' or '.'))
                return "a name consists of letters, digits and - _ . only.";
        }
        return null;
    }

    /// <summary>Returns the name of one of several equal launches: the name, and its number when there is more than one.</summary>
    public static string Numbered(string name, int number, int count) => count == 1 ? name : name + "-" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Returns why tags cannot be stored; null when they can.</summary>
    public static string? WrongTags(IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count > MaxTags)
            return "an instance has at most 32 tags.";
        var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (KeyValuePair<string, string> tag in tags)
        {
            string key = "the tag '" + CleanText.Clean(tag.Key, MaxTagKeyLength) + "' ";
            if (tag.Key.Length is 0 or > MaxTagKeyLength)
                return "the key of a tag has 1 to 64 characters.";
            foreach (char c in tag.Key)
            {
                if (!(char.IsLetterOrDigit(c) || c is '-' or '_' or '.' or '/'))
                    return key + "has a character that is not allowed: keys consist of letters, digits and - _ . / only.";
            }
            if (!keys.Add(tag.Key))
                return key + "is given twice; keys are compared without case.";
            if (tag.Value.Length > MaxTagValueLength)
                return key + "has a value of more than 256 characters.";
            foreach (char c in tag.Value)
            {
                if (CleanText.IsUnprintable(c))
                    return key + "has a value with a control character.";
            }
        }
        return null;
    }

    /// <summary>Returns why a lifetime is out of range; null when it is not.</summary>
    public static string? WrongLifetime(TimeSpan lifetime) =>
        lifetime < ShortestLifetime || lifetime > LongestLifetime ? "a lifetime is at least a minute and at most a year." : null;
}
