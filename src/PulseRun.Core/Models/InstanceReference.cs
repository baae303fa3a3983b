namespace PulseRun;

/// <summary>Anything that stands for one instance, so that it can be piped into a cmdlet that acts on instances.</summary>
public abstract class InstanceReference
{
    /// <summary>The instance's identifier.</summary>
    public abstract string Id { get; init; }

    /// <summary>The connection it came from, and is acted on with. Hidden, so that no formatter or serialiser shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>The instance as last seen, where that is known: it names the target in questions and completes short answers.</summary>
    internal virtual Instance? Known => null;

    /// <summary>Answers the id, so that the object in a string reads well.</summary>
    public override string ToString() => Id;
}
