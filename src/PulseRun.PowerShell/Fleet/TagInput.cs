using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Management.Automation;
using PulseRun.Core.Notes;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads tags from parameters and from the columns of a row.</summary>
internal static class TagInput
{
    private const string Column = "Tag.";

    /// <summary>Returns the tags of a hashtable and of the columns Tag.KEY of a row, which come first. An empty cell is no tag.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: a tag is invalid. Nothing was sent.</exception>
    public static IReadOnlyDictionary<string, string> Read(IDictionary? tags, PSObject? row = null)
    {
        // Compared with case, so that a key that is given twice is found.
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry tag in tags ?? new Hashtable())
            read[Text(tag.Key)] = Text(tag.Value);
        if (row is not null && row.BaseObject is not InstanceReference)
        {
            foreach (PSPropertyInfo cell in row.Properties)
            {
                if (!cell.Name.StartsWith(Column, StringComparison.OrdinalIgnoreCase) || Text(cell.Value).Trim() is not { Length: > 0 } value)
                    continue;
                string key = cell.Name.Substring(Column.Length);
                foreach (string other in new List<string>(read.Keys))
                {
                    if (string.Equals(other, key, StringComparison.OrdinalIgnoreCase))
                        read.Remove(other);
                }
                read[key] = value;
            }
        }
        return NoteRules.WrongTags(read) is { } wrong
            ? throw new PulseRunException(ErrorIds.InvalidRequest, "Tag: " + wrong + " Nothing was changed.") { Field = "Tag" }
            : read;
    }

    private static string Text(object? value) => Convert.ToString(value is PSObject wrapped ? wrapped.BaseObject : value, CultureInfo.InvariantCulture) ?? "";
}
