namespace PulseRun.Core.Client;

/// <summary>Ignores all notifications, for calls without an audience such as tab completion.</summary>
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
