using System;
using System.Collections.Generic;
using PulseRun.Core.Notes;

namespace PulseRun.Core.Launch;

/// <summary>Tracks one launch of a command, from its intent until its outcome is written to the pipeline. The launch sets it on any thread, and the command reads it.</summary>
/// <param name="request">The launch request. It is checked here and nowhere else.</param>
/// <param name="maxHourlyCost">The price limit in dollars per hour; null for no limit.</param>
/// <exception cref="PulseRunException">InvalidRequest: the server would refuse it, or nothing can meet the limit.</exception>
internal sealed class LaunchTicket(LaunchRequest request, decimal? maxHourlyCost)
{
    private volatile string? _instanceId;
    private volatile bool _isLeft;
    private volatile bool _isGone;

    /// <summary>Gets the launch; of a plan, the alternative that is asked for now.</summary>
    public LaunchRequest Request { get; private set; } = LaunchRules.Check(request) is { } wrong ? throw wrong : request;

    /// <summary>Gets the plan that the launch follows; null for a launch of one alternative.</summary>
    public PlanRun? Plan { get; init; }

    /// <summary>Gets the attempts of the plan, oldest first. Only the launch itself uses it.</summary>
    public List<LaunchAttempt> Attempts { get; } = [];

    /// <summary>Gets the number of the present attempt of the plan, from 1; 0 without a plan.</summary>
    public int Attempt { get; private set; }

    /// <summary>Gets or sets how the present attempt ended.</summary>
    public AttemptEnd End { get; set; }

    /// <summary>Gets or sets what instances of this plan cost that were removed because they were not ready, in dollars per hour. A limit counts them too.</summary>
    public decimal RemovedPerHour { get; set; }

    /// <summary>Gets or sets when the launch was sent, as a timestamp of the client's clock.</summary>
    public long SentTimestamp { get; set; }

    /// <summary>Gets the action to call when the answer to an attempt has come and the plan goes on.</summary>
    public Action? OnAnswered { get; set; }

    public decimal? MaxHourlyCost { get; } = LaunchRules.CheckLimit(nameof(MaxHourlyCost), maxHourlyCost) is { } wrong ? throw wrong : maxHourlyCost;

    /// <summary>Gets what completes the error of an instance above <see cref="MaxHourlyCost"/>; null when the limit is that of the command.</summary>
    public Func<PulseRunException, PulseRunException>? OverPrice { get; init; }

    /// <summary>Gets the list to check budgets with; null when no budget covers the launch.</summary>
    public BudgetView? Budgets { get; init; }

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

    /// <summary>Begins the next attempt of the plan.</summary>
    public void Begin(LaunchRequest alternative)
    {
        Request = alternative;
        End = AttemptEnd.Failed;
        Attempt++;
    }

    /// <summary>Gets or sets whether the outcome was written to the pipeline. Only the pipeline thread uses it.</summary>
    public bool IsWritten { get; set; }
}
