using PulseRun.Core.Notify;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Contains the optional steps of a cleanup around a stop.</summary>
internal sealed record CleanupSteps
{
    /// <summary>Gets the receiver of warnings and notifications of acts; null for none.</summary>
    public INotifier? Notifier { get; init; }

    /// <summary>Gets the witness that is asked before a warning and before the second look; null for none.</summary>
    public Witness? Witness { get; init; }

    /// <summary>Gets the reader of the load by ssh, for instances of which the API has no metrics; null for none.</summary>
    public SshReader? Reader { get; init; }

    /// <summary>Gets the command that runs before a stop; null for none.</summary>
    public StopHook? Hook { get; init; }
}
