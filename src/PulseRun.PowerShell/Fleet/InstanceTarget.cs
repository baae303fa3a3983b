using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Represents one instance to work on.</summary>
/// <param name="Id">The validated id.</param>
/// <param name="Known">The instance as last seen; null when only the id is known.</param>
/// <param name="Context">The connection to use.</param>
/// <param name="Source">The item of the user's input. It becomes the TargetObject of an error.</param>
internal sealed record InstanceTarget(string Id, Instance? Known, Context Context, object Source)
{
    /// <summary>Gets the description of the instance for a confirmation prompt or -WhatIf.</summary>
    public string Description => Known is null ? Id : Formatting.Describe(Known);

    /// <summary>The API of the connection.</summary>
    public IPulseRunClient Client => Connection.Of(Context).Client;
}
