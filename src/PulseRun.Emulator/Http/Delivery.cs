namespace PulseRun.Emulation.Http;

/// <summary>How much of a reply reaches the client.</summary>
internal enum Delivery
{
    Whole,

    /// <summary>Nothing; the connection is cut.</summary>
    Cut,

    /// <summary>Nothing; the connection stays.</summary>
    Hang,

    /// <summary>Half of the body; the connection is cut.</summary>
    Half,

    /// <summary>Half of the body; the connection stays.</summary>
    Stalled,

    /// <summary>The body, and then its repeat without end.</summary>
    Endless,
}
