namespace PulseRun.Cleanup;

/// <summary>What to do with an instance.</summary>
internal enum CleanupStep
{
    Skip,
    Stop,
    Remove,
}
