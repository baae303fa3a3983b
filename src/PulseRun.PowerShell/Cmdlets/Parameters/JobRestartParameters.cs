using System;
using System.Management.Automation;
using PulseRun.Core.Launch;
using PulseRun.PowerShell.Jobs;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters for jobs on spot instances, which may be lost.</summary>
internal sealed class JobRestartParameters
{
    /// <summary>The longest time between two downloads.</summary>
    private static readonly TimeSpan s_longestSync = TimeSpan.FromDays(1);

    /// <summary>The number of times that the job is started again, on a new instance by the same plan, when its spot instance is lost (0 to 100, default 3; 0 for never). The variable PULSERUN_RESTART tells the command how many times it was. Each instance has the whole -Lifetime. Not after -Detach, and not for -Instance.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByLaunch)]
    [ValidateRange(0, 100)]
    public int MaxRestarts { get; set; } = SpotRestart.DefaultMost;

    /// <summary>The interval at which -Download is copied to -Destination while the command runs, for example 00:10. If the job is started again, what is at -Destination is copied to the new instance before the command starts. Default: not at all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public TimeSpan? SyncEvery { get; set; }

    /// <summary>Returns the job with these parameters.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the time is out of its range, or there is nothing to copy.</exception>
    public JobSpec AddTo(JobSpec spec)
    {
        if (SyncEvery is not null && (spec.Download is null || spec.IsDetached))
            throw new PulseRunException(ErrorIds.InvalidRequest, "SyncEvery: it needs " + (spec.IsDetached ? "a command that stays, and -Detach returns at once." : "-Download and -Destination.") + " Nothing was launched.") { Field = nameof(SyncEvery) };
        return spec with { MaxRestarts = MaxRestarts, SyncEvery = Times.Check(nameof(SyncEvery), SyncEvery, s_longestSync) };
    }
}
