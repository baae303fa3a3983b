using System.Collections;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents any object that refers to one instance, so that it can be piped to a cmdlet that acts on instances.</summary>
public abstract class InstanceReference
{
    /// <summary>Gets the instance's id.</summary>
    public abstract string Id { get; init; }

    /// <summary>Gets the connection that the object was read with, which cmdlets use to act on it. It is internal, so that no formatter or serializer shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Gets the instance as last seen, or null. It describes the instance in confirmations and fills in what short answers leave out.</summary>
    internal virtual Instance? Known => null;

    /// <summary>Returns the properties as texts that are the same in every culture: dates as ISO 8601 in UTC, numbers with a point, lists and nested values as text. For files: <c>Get-PRInstance | ForEach-Object ToRow | Export-Csv fleet.csv</c>.</summary>
    public IDictionary ToRow() => Row.Of(this);

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}
