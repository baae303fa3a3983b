using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;

namespace PulseRun.Core.Text;

/// <summary>Contains properties by name. Its text is JSON, so that Export-Csv, which writes the text of a value, does not write the name of a type.</summary>
internal sealed class PropertyBag : ReadOnlyDictionary<string, object?>
{
    private PropertyBag(IDictionary<string, object?> values)
        : base(values)
    {
    }

    /// <summary>Gets the one empty bag. Most answers have no additional properties, so allocating one for each instance would be wasteful.</summary>
    public static PropertyBag None { get; } = new(new Dictionary<string, object?>());

    /// <summary>Returns the values as a bag; the same object when it is one.</summary>
    public static PropertyBag Of(IReadOnlyDictionary<string, object?>? values)
    {
        switch (values)
        {
            case null or { Count: 0 }:
                return None;
            case PropertyBag same:
                return same;
            case IDictionary<string, object?> map:
                return new PropertyBag(map);
            default:
                var copy = new Dictionary<string, object?>(values.Count, StringComparer.Ordinal);
                foreach (KeyValuePair<string, object?> pair in values)
                    copy[pair.Key] = pair.Value;
                return new PropertyBag(copy);
        }
    }

    /// <summary>Returns the values as JSON in one line; an empty text when there are none.</summary>
    public override string ToString()
    {
        if (Count == 0)
            return "";
        var text = new StringBuilder();
        Write(text, this);
        return text.ToString();
    }

    private static void Write(StringBuilder text, object? value)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case string words:
                Quote(text, words);
                break;
            case IEnumerable<KeyValuePair<string, object?>> map:
                string before = "{";
                foreach (KeyValuePair<string, object?> pair in map)
                {
                    text.Append(before);
                    Quote(text, pair.Key);
                    text.Append(':');
                    Write(text, pair.Value);
                    before = ",";
                }
                text.Append(before == "{" ? "{}" : "}");
                break;
            case IEnumerable list:
                string start = "[";
                foreach (object? item in list)
                {
                    text.Append(start);
                    Write(text, item);
                    start = ",";
                }
                text.Append(start == "[" ? "[]" : "]");
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal:
                text.Append(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
            default:
                Quote(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
                break;
        }
    }

    private static void Quote(StringBuilder text, string words)
    {
        text.Append('"');
        foreach (char c in words)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (c < ' ')
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                text.Append(c);
        }
        text.Append('"');
    }
}
