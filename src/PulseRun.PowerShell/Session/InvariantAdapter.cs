using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Threading;

namespace PulseRun.PowerShell.Session;

/// <summary>Shows the properties of one of the module's types to PowerShell as they are, with dates and numbers as <see cref="InvariantValue"/>. PowerShell creates one adapter for each type.</summary>
internal sealed class InvariantAdapter : PSPropertyAdapter
{
    private Dictionary<string, PropertyInfo>? _byName;

    /// <summary>Returns true for a type whose ToString() depends on the culture.</summary>
    public static bool IsCultural(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain == typeof(DateTimeOffset) || plain == typeof(decimal) || plain == typeof(double);
    }

    /// <inheritdoc/>
    public override Collection<PSAdaptedProperty> GetProperties(object baseObject)
    {
        var all = new Collection<PSAdaptedProperty>();
        foreach (PropertyInfo property in ByName(baseObject).Values)
            all.Add(new PSAdaptedProperty(property.Name, property));
        return all;
    }

    /// <inheritdoc/>
    public override PSAdaptedProperty? GetProperty(object baseObject, string propertyName) =>
        ByName(baseObject).TryGetValue(propertyName, out PropertyInfo? property) ? new PSAdaptedProperty(property.Name, property) : null;

    /// <inheritdoc/>
    public override object? GetPropertyValue(PSAdaptedProperty adaptedProperty)
    {
        object? value = Of(adaptedProperty).GetValue(adaptedProperty.BaseObject);
        return value is not null && IsCultural(value.GetType()) ? new InvariantValue(value) : value;
    }

    /// <inheritdoc/>
    public override void SetPropertyValue(PSAdaptedProperty adaptedProperty, object value)
    {
        PropertyInfo property = Of(adaptedProperty);
        property.SetValue(adaptedProperty.BaseObject, LanguagePrimitives.ConvertTo(value, property.PropertyType, CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    public override bool IsGettable(PSAdaptedProperty adaptedProperty) => true;

    /// <inheritdoc/>
    public override bool IsSettable(PSAdaptedProperty adaptedProperty) => Of(adaptedProperty).SetMethod is { IsPublic: true };

    /// <inheritdoc/>
    public override string GetPropertyTypeName(PSAdaptedProperty adaptedProperty) => Of(adaptedProperty).PropertyType.ToString();

    private static PropertyInfo Of(PSAdaptedProperty adapted) => (PropertyInfo)adapted.Tag;

    /// <summary>Returns the properties in the order of their declaration, which a dictionary keeps as long as nothing is removed from it.</summary>
    private Dictionary<string, PropertyInfo> ByName(object item)
    {
        if (Volatile.Read(ref _byName) is { } known)
            return known;
        var byName = new Dictionary<string, PropertyInfo>(StringComparer.OrdinalIgnoreCase);
        foreach (PropertyInfo property in item.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            byName[property.Name] = property;
        Volatile.Write(ref _byName, byName);
        return byName;
    }
}
