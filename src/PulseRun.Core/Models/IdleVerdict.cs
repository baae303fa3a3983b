using System;

namespace PulseRun;

/// <summary>Whether an instance was idle over a window of time that ends now, and what that rests on.</summary>
public sealed class IdleVerdict : InstanceReference
{
    internal IdleVerdict(Instance instance)
    {
        Instance = instance;
        Id = instance.Id;
        Origin = instance.Origin;
    }

    /// <summary>The instance's id.</summary>
    public override string Id { get; init; }

    /// <summary>Idle, Active, or Unknown when the readings prove neither.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Why: the first reason that holds, in the order of <see cref="IdleReason"/>.</summary>
    public IdleReason Reason { get; init; }

    /// <summary>The part of the window (0 to 1) that has a reading close enough before it. 1 is all of it.</summary>
    public double Coverage { get; init; }

    /// <summary>How many moments of the window have a GPU reading. Two readings of one moment count as one.</summary>
    public int SampleCount { get; init; }

    /// <summary>The longest time without a reading, up to now; null without any reading.</summary>
    public TimeSpan? LargestGap { get; init; }

    /// <summary>How old the newest GPU reading is; null without any reading.</summary>
    public TimeSpan? LastSampleAge { get; init; }

    /// <summary>The highest utilisation of any GPU in the window, in percent; null without a reading. Over 100 when the server says so.</summary>
    public double? PeakGpu { get; init; }

    /// <summary>The highest GPU memory use in the window, in percent; null when the server never said.</summary>
    public double? PeakMemory { get; init; }

    /// <summary>The smallest part of the time (0 to 1) a load must work to be seen with 99 %: <c>1 - 0.01^(1/n)</c>, where n is the number of slots of the window with a reading. The window has 2 x MinSamples slots, so that readings close together count once. 1 without a reading.</summary>
    public double DetectableDuty { get; init; }

    /// <summary>The instance's state in the list the verdict was made from.</summary>
    public string? Status => Instance.Status;

    /// <summary>The GPU type slug.</summary>
    public string? Gpu => Instance.Gpu;

    /// <summary>The provider that runs it.</summary>
    public string? Provider => Instance.Provider;

    /// <summary>The region it runs in.</summary>
    public string? Region => Instance.Region;

    /// <summary>The price in dollars per hour while it burns; null when the server did not say.</summary>
    public decimal? CostPerHour => Instance.CostPerHour;

    /// <summary>True when the newest answer that was asked for did not come, or says nothing to judge by.</summary>
    internal bool IsSilent { get; init; }

    /// <summary>While the reason is WarmingUp: the first of the readings that follow each other without too long a gap.</summary>
    internal DateTimeOffset? ReadSince { get; init; }

    /// <summary>The instance itself, so that a verdict is acted on like one.</summary>
    internal Instance Instance { get; }

    internal override Instance Known => Instance;
}
