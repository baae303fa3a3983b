using System;

namespace PulseRun.Core.Client;

/// <summary>
/// Limits the time between a look at an instance and the act that the look justifies. The window starts when the look is sent. Its age is measured by two clocks, of which the one that went further counts.
/// An act with a window is sent at most once, and not at all after the window has passed: this is checked after the connection is established, right before the request is sent.
/// </summary>
internal sealed class ActWindow(TimeSpan length)
{
    /// <summary>The longest time between a look and the act of a cleanup.</summary>
    public static readonly TimeSpan ForCleanup = TimeSpan.FromSeconds(5);

    private Func<TimeSpan>? _age;

    /// <summary>Gets the time that is left: zero before a look was sent and after the window has passed.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = _age is null ? TimeSpan.Zero : length - _age();
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>True when the act must not be sent any more.</summary>
    public bool HasPassed => Left == TimeSpan.Zero;

    /// <summary>Gets or sets a last question, asked right before the act is sent: whether this host still has the right to act. Null for none.</summary>
    public Func<bool>? IsStillGranted { get; set; }

    /// <summary>Returns true when the act may be sent now. The answer to the question takes time, so the window is checked after it.</summary>
    public bool MaySend() => !HasPassed && IsStillGranted?.Invoke() != false && !HasPassed;

    /// <summary>Starts the window; a look that is sent again starts it again.</summary>
    /// <param name="age">Returns how long ago the look was sent.</param>
    public void Start(Func<TimeSpan> age) => _age = age;
}
