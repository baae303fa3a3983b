using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Linq;

namespace PulseRun.Core.Text;

/// <summary>Contains tags by key. Keys are compared without case. Its text is <c>owner=ann; team=nlp</c>, so that a table and Export-Csv do not write the name of a type.</summary>
internal sealed class TagSet : ReadOnlyDictionary<string, string>
{
    private TagSet(IDictionary<string, string> tags)
        : base(tags)
    {
    }

    /// <summary>Returns a copy of the tags, sorted by key; a set itself, because it does not change.</summary>
    public static TagSet Of(IReadOnlyDictionary<string, string> tags)
    {
        if (tags is TagSet known)
            return known;
        var sorted = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (KeyValuePair<string, string> tag in tags)
            sorted[tag.Key] = tag.Value;
        return new TagSet(sorted);
    }

    /// <summary>Returns the tags as lines of <c>key=value</c>, for a store. A key contains no equals sign, and neither contains a line break.</summary>
    public static string ToLines(IReadOnlyDictionary<string, string> tags) => string.Join("\n", Of(tags).Select(static tag => tag.Key + "=" + tag.Value).ToArray());

    /// <summary>Reads <see cref="ToLines"/>.</summary>
    /// <exception cref="FormatException">The text was not written by <see cref="ToLines"/>.</exception>
    public static TagSet FromLines(string lines)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines.Split('\n'))
        {
            int end = line.IndexOf('=');
            if (end <= 0)
                throw new FormatException("A row contains a value that is not a list of tags.");
            tags[line.Substring(0, end)] = line.Substring(end + 1);
        }
        return new TagSet(tags);
    }

    /// <summary>Returns the tags in one line.</summary>
    public override string ToString() => string.Join("; ", this.Select(static tag => tag.Key + "=" + tag.Value).ToArray());
}
