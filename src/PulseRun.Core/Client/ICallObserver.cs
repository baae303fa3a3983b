namespace PulseRun.Core.Client;

/// <summary>Receives notifications about a request while it is carried out, from any thread. Only <see cref="Sent"/> may throw.</summary>
public interface ICallObserver
{
    /// <summary>True when <see cref="Verbose"/> has a listener; otherwise its text need not be built.</summary>
    bool WantsVerbose { get; }

    /// <summary>True when <see cref="Debug"/> has a listener; otherwise its text need not be built.</summary>
    bool WantsDebug { get; }

    /// <summary>Receives one line about a request: method, path, status, duration, attempt, and why it waits.</summary>
    void Verbose(string message);

    /// <summary>Receives headers and bodies, with secrets removed.</summary>
    void Debug(string message);

    /// <summary>Receives a warning for the user about a request that continues.</summary>
    void Warning(string message);

    /// <summary>Receives what the request waits for, in words for a person ("rate limit, 42 s"); null when it continues.</summary>
    void Waiting(string? reason);

    /// <summary>Receives, before each attempt, that a request which changes an instance is about to be sent. Its effect is unknown from here until the answer. If this method throws, the request is not sent.</summary>
    /// <param name="id">The instance's id; for a launch, a description of what is launched.</param>
    void Sent(string id);
}
