namespace PulseRun.Views.Fleet;

/// <summary>Explains the reasons of verdicts in one sentence each.</summary>
internal static class ReasonText
{
    public static string Of(IdleReason reason) => reason switch
    {
        IdleReason.NotRunning => "The instance is not running.",
        IdleReason.GpuBusy => "A GPU was busy in the window.",
        IdleReason.ClockWentBack => "The clock of this computer was set back, so the window starts again.",
        IdleReason.MetricsUnavailable => "The instance gives no usable metrics.",
        IdleReason.NoSamples => "There are no readings yet.",
        IdleReason.Restarted => "The instance restarted in the window.",
        IdleReason.StartedRecently => "The instance is not known to have started before the window.",
        IdleReason.GpuCountChanged => "The number of GPUs changed in the window.",
        IdleReason.SampleStale => "The newest reading is too old.",
        IdleReason.WarmingUp => "The recorded history is shorter than the window.",
        IdleReason.WindowNotCovered => "There is no reading close enough to the start of the window.",
        IdleReason.GapTooLong => "The time between two readings is too long.",
        IdleReason.TooFewSamples => "There are too few readings, or they are too close together.",
        IdleReason.UnitUnclear => "The readings may be percent or fractions. Specify -UnitScale.",
        IdleReason.MemoryHeld => "The GPUs are idle, but their memory is in use.",
        IdleReason.AllBelowThreshold => "Every reading is below the threshold, and the readings cover the whole window.",
        IdleReason.ProbeBusy => "The probe found a GPU or the CPUs at work.",
        IdleReason.SomebodyLoggedIn => "The probe found a person logged in.",
        IdleReason.ProbeFailed => "The probe failed or gave no clear answer.",
        _ => "",
    };
}
