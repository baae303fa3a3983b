using System;
using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Reflection;

namespace PulseRun.Core.Text;

/// <summary>Converts an object to a row of a file. Dates are ISO 8601, which Export-Csv alone does not write, and nothing depends on the culture: 2,10 would become 210 in Import-Csv.</summary>
internal static class Row
{
    private const string Date = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>Returns the public properties in the order of their declaration, by name. An unknown value is an empty text, because ConvertTo-Csv fails on a null in a dictionary.</summary>
    public static IDictionary Of(object item)
    {
        var row = new OrderedDictionary();
        foreach (PropertyInfo property in item.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            row[property.Name] = Text(property.GetValue(item));
        return row;
    }

    /// <summary>Returns a value as text that is the same in every culture.</summary>
    public static string Text(object? value) => value switch
    {
        null => "",
        DateTimeOffset date => date.UtcDateTime.ToString(Date, CultureInfo.InvariantCulture),
        _ => Invariant(value),
    };

    /// <summary>Returns a value as text of the invariant culture, in the format that ToString() uses in a session of that culture.</summary>
    public static string Invariant(object value) => value is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : value.ToString() ?? "";
}
