using System;

namespace PulseRun.Core.Launch;

/// <summary>One launch of a command, from its intent until its outcome is written to the pipeline. Set by the launch on any thread, read by the command.</summary>
/// <param name="request">What to launch.</param>
/// <param name="maxHourlyCost">The most it may cost in dollars per hour; null for no limit.</param>
internal sealed class LaunchTicket(LaunchRequest request, decimal? maxHourlyCost)
{
    private volatile string? _instanceId;
    private volatile bool _isLeft;
    private volatile bool _isGone;

    public LaunchRequest Request { get; } = request;

    public decimal? MaxHourlyCost { get; } = maxHourlyCost;

    public Guid IntentId { get; } = Guid.NewGuid();

    /// <summary>The instance it became, from the moment that is known.</summary>
    public string? InstanceId
    {
        get => _instanceId;
        set => _instanceId = value;
    }

    /// <summary>True when the instance is known to have ended again.</summary>
    public bool IsGone
    {
        get => _isGone;
        set => _isGone = value;
    }

    /// <summary>True when the command has ended without writing the outcome.</summary>
    public bool IsLeft
    {
        get => _isLeft;
        set => _isLeft = value;
    }

    /// <summary>True when the outcome was written to the pipeline. Only the pipeline's thread sets and reads it.</summary>
    public bool IsWritten { get; set; }
}
