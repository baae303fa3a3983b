using System;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Launch;

/// <summary>Tracks one launch of a command, from its intent until its outcome is written to the pipeline. The launch sets it on any thread, and the command reads it.</summary>
/// <param name="request">The launch request. It is checked here and nowhere else.</param>
/// <param name="maxHourlyCost">The price limit in dollars per hour; null for no limit.</param>
/// <exception cref="PulseRunException">InvalidRequest: the server would refuse it.</exception>
internal sealed class LaunchTicket(LaunchRequest request, decimal? maxHourlyCost)
{
    private volatile string? _instanceId;
    private volatile bool _isLeft;
    private volatile bool _isGone;

    public LaunchRequest Request { get; } = LaunchRules.Check(request) is { } wrong ? throw wrong : request;

    public decimal? MaxHourlyCost { get; } = maxHourlyCost;

    /// <summary>Gets the note to write with the intent; null for none.</summary>
    public LaunchNote? Note { get; init; }

    public Guid IntentId { get; } = Guid.NewGuid();

    /// <summary>Gets or sets the id of the launched instance, from the moment it is known.</summary>
    public string? InstanceId
    {
        get => _instanceId;
        set => _instanceId = value;
    }

    /// <summary>Gets or sets whether the instance is known to have ended.</summary>
    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }

    /// <summary>Gets or sets whether the command has ended without writing the outcome.</summary>
    public bool IsLeft
    {
        get => _isLeft;
        set => _isLeft = value;
    }

    /// <summary>Gets or sets whether the outcome was written to the pipeline. Only the pipeline thread uses it.</summary>
    public bool IsWritten { get; set; }
}
