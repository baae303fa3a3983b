namespace PulseRun.Launching;

/// <summary>Whether an instance is what a launch asked for. A Maybe forbids both conclusions: to adopt it, and to say that nothing was launched.</summary>
internal enum Fit
{
    No,
    Maybe,
    Yes,
}
