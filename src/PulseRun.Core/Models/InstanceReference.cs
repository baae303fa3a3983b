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

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}
