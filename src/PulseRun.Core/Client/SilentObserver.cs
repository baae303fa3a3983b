namespace PulseRun.Core.Client;

/// <summary>Hears nothing: for calls that nobody watches, such as Tab's.</summary>
internal sealed class SilentObserver : ICallObserver
{
    public static readonly SilentObserver Instance = new();

    public bool WantsVerbose => false;

    public bool WantsDebug => false;

    public void Verbose(string message)
    {
    }

    public void Debug(string message)
    {
    }

    public void Warning(string message)
    {
    }

    public void Waiting(string? reason)
    {
    }

    public void Sent(string id)
    {
    }
}
