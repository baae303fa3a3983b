using System;

namespace PulseRun.Core.Client;

/// <summary>
/// The time in which an act may follow the look that justifies it. The look starts the window at the moment it is sent, by a monotonic clock;
/// an act that was given the window is sent at most once, and not at all after the window has passed.
/// </summary>
internal sealed class ActWindow(TimeSpan length)
{
    /// <summary>How old a look may be when a cleanup acts on it.</summary>
    public static readonly TimeSpan ForCleanup = TimeSpan.FromSeconds(5);

    private Func<TimeSpan>? _age;

    /// <summary>Returns the time that is left; zero before a look was sent and after the window has passed.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = _age is null ? TimeSpan.Zero : length - _age();
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>True when an act must not be sent any more.</summary>
    public bool HasPassed => Left == TimeSpan.Zero;

    /// <summary>Starts the window, again for each time the look is sent.</summary>
    /// <param name="age">Returns how long ago the look was sent.</param>
    public void Start(Func<TimeSpan> age) => _age = age;
}
