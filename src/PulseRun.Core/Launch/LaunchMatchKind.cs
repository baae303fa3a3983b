namespace PulseRun.Launching;

/// <summary>What a look at the list says about a launch whose outcome is unknown.</summary>
internal enum LaunchMatchKind
{
    /// <summary>Look again.</summary>
    NotYet,

    /// <summary>It launched, and this is it.</summary>
    Matched,

    /// <summary>It launched, and its instance has ended since: nothing is left of it.</summary>
    Ended,

    /// <summary>It did not launch; doing it again is safe.</summary>
    NotLaunched,

    /// <summary>The list does not tell.</summary>
    Ambiguous,
}
