using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Converts hash tables and objects to idle rules.</summary>
internal static class RuleInput
{
    private static readonly string[] s_names = [nameof(IdleRule.For), nameof(IdleRule.GpuBelow), nameof(IdleRule.MinSamples), nameof(IdleRule.MaxGap), nameof(IdleRule.IgnoreMemory), nameof(IdleRule.UnitScale)];

    /// <summary>Returns the rules. What a table or an object does not give is taken from <paramref name="basis"/>.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: a value cannot be converted, or a hash table has an unknown name, which is probably a typing error.</exception>
    public static IReadOnlyList<IdleRule> Rules(IEnumerable<object?> given, IdleRule basis) => given.Select(one => Rule(one is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : one, basis)).ToList();

    private static IdleRule Rule(object? given, IdleRule basis)
    {
        Dictionary<string, object?> values = new(StringComparer.OrdinalIgnoreCase);
        if (given is IDictionary table)
        {
            foreach (DictionaryEntry entry in table)
                values[entry.Key.ToString() ?? ""] = entry.Value;
            if (values.Keys.FirstOrDefault(static name => !s_names.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } unknown)
                throw Refuse("'" + CleanText.Clean(unknown, 60) + "' is not part of a rule; the parts are " + string.Join(", ", s_names));
        }
        else if (given is not null and not string)
        {
            PSMemberInfoCollection<PSPropertyInfo> properties = PSObject.AsPSObject(given).Properties;
            foreach (string name in s_names)
            {
                if (properties[name] is { } property)
                    values[name] = property.Value;
            }
        }
        if (values.Count == 0)
            throw Refuse("a rule is a hash table or an object with one of these properties: " + string.Join(", ", s_names));
        return basis with
        {
            For = Value(values, nameof(IdleRule.For), basis.For),
            GpuBelow = Value(values, nameof(IdleRule.GpuBelow), basis.GpuBelow),
            MinSamples = Value(values, nameof(IdleRule.MinSamples), basis.MinSamples),
            MaxGap = Value(values, nameof(IdleRule.MaxGap), basis.MaxGap),
            IgnoreMemory = Value(values, nameof(IdleRule.IgnoreMemory), basis.IgnoreMemory),
            UnitScale = Value(values, nameof(IdleRule.UnitScale), basis.UnitScale),
        };
    }

    private static T Value<T>(Dictionary<string, object?> values, string name, T otherwise)
    {
        if (!values.TryGetValue(name, out object? value) || value is null)
            return otherwise;
        try
        {
            return (T)LanguagePrimitives.ConvertTo(value, typeof(T), CultureInfo.InvariantCulture);
        }
        catch (PSInvalidCastException)
        {
            throw Refuse(name + " has a value that cannot be used: '" + CleanText.Clean(value.ToString() ?? "", 60) + "'");
        }
    }

    private static PulseRunException Refuse(string why) => new(ErrorIds.InvalidRequest, "Rule: " + why + ".") { Field = "Rule" };
}
