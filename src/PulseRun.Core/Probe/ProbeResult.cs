using PulseRun.Core.Idle;

namespace PulseRun.Core.Probe;

/// <summary>Represents the answer of a probe. It can only make the verdict Idle less certain.</summary>
/// <param name="Answer">Idle when the probe agrees.</param>
/// <param name="Reason">The reason of an answer other than Idle.</param>
/// <param name="Detail">The finding of the probe, for -Verbose; null when there is nothing to add.</param>
/// <param name="Reading">The reading that the probe took; null without one.</param>
internal sealed record ProbeResult(Verdict Answer, IdleReason Reason, string? Detail = null, InstanceMetrics? Reading = null)
{
    /// <summary>The share of the CPUs that counts as work.</summary>
    private const double BusyCpus = 0.5;

    /// <summary>Returns the answer of a probe that failed or gave no clear answer.</summary>
    public static ProbeResult Failed(string why) => new(Verdict.Unknown, IdleReason.ProbeFailed, why);

    /// <summary>Returns the answer of a script: Active, Idle or Unknown, in any case of letters. Everything else is Unknown.</summary>
    public static ProbeResult OfText(string? text) => text?.Trim().ToUpperInvariant() switch
    {
        "IDLE" => new ProbeResult(Verdict.Idle, IdleReason.AllBelowThreshold),
        "ACTIVE" => new ProbeResult(Verdict.Active, IdleReason.ProbeBusy, "The script of -Probe returned Active."),
        "UNKNOWN" => Failed("The script of -Probe returned Unknown."),
        _ => Failed("The script of -Probe returned neither Active, Idle nor Unknown."),
    };

    /// <summary>Returns what the output of the ssh command says under a rule. Signs of work come first, then what is not known.</summary>
    public static ProbeResult Of(ProbeOutput? output, IdleRule rule, InstanceMetrics? reading = null)
    {
        if (output is null)
            return Failed("The output is not that of the probe, or nvidia-smi failed.");
        foreach (GpuMetrics gpu in output.Gpus)
        {
            if (gpu.Utilization >= rule.GpuBelow)
                return new ProbeResult(Verdict.Active, IdleReason.ProbeBusy, "GPU " + gpu.Index + " has a load of " + gpu + ".", reading);
        }
        if (output.LoadAverage >= output.Cpus * BusyCpus)
            return new ProbeResult(Verdict.Active, IdleReason.ProbeBusy, "The CPU load is " + output.LoadAverage + " on " + output.Cpus + " CPUs.", reading);
        if (output.Logins > 0)
            return new ProbeResult(Verdict.Active, IdleReason.SomebodyLoggedIn, output.Logins + " logged in.", reading);
        if (output.PeakGpu is null || output.LoadAverage is null || output.Cpus is null || output.Logins is null)
            return Failed("The load of a GPU, the CPU load or the logins are not known.");
        foreach (GpuMetrics gpu in output.Gpus)
        {
            if (!rule.IgnoreMemory && gpu.MemoryUsage >= rule.MemoryBelow)
                return new ProbeResult(Verdict.Unknown, IdleReason.MemoryHeld, "GPU " + gpu.Index + " has memory in use.", reading);
        }
        return new ProbeResult(Verdict.Idle, IdleReason.AllBelowThreshold, null, reading);
    }

    /// <summary>Returns the verdict after the probe. A verdict other than Idle stays as it is.</summary>
    public IdleVerdict Apply(IdleVerdict verdict) => verdict.Verdict == Verdict.Idle && Answer != Verdict.Idle ? verdict.With(Answer, Reason) : verdict;
}
