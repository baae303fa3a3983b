namespace PulseRun.Launching;

/// <summary>What a look at the list says about a doubtful launch.</summary>
internal enum LaunchMatchKind
{
    /// <summary>Look again.</summary>
    NotYet,

    /// <summary>It launched, and this is it.</summary>
    Matched,

    /// <summary>It did not launch; doing it again is safe.</summary>
    NotLaunched,

    /// <summary>Nobody can tell.</summary>
    Ambiguous,
}
