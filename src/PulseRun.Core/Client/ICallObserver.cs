namespace PulseRun.Core.Client;

/// <summary>Hears what a call does while it does it. Called from any thread; must not throw where not said.</summary>
public interface ICallObserver
{
    /// <summary>Whether <see cref="Verbose"/> is listened to; else the text need not be made.</summary>
    bool WantsVerbose { get; }

    /// <summary>Whether <see cref="Debug"/> is listened to; else the text need not be made.</summary>
    bool WantsDebug { get; }

    /// <summary>One line about a request: method, path, status, duration, attempt, why it waits.</summary>
    void Verbose(string message);

    /// <summary>Headers and bodies, redacted.</summary>
    void Debug(string message);

    /// <summary>Something the user should know although the call goes on.</summary>
    void Warning(string message);

    /// <summary>What the call waits for, as people read it ("rate limit, 42 s"); null when it goes on.</summary>
    void Waiting(string? reason);

    /// <summary>A request that changes an instance is about to be sent, at each attempt: from now on its effect is unknown until it is answered. May throw, and then it is not sent.</summary>
    /// <param name="id">The instance's id; for a launch, what is to be launched.</param>
    void Sent(string id);
}
