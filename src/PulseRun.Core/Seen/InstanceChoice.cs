namespace PulseRun.Seen;

/// <summary>Which instances a verb is of use for.</summary>
internal enum InstanceChoice
{
    /// <summary>Any, gone ones too: what is read or looked up.</summary>
    Any,

    /// <summary>All that are still there.</summary>
    Present,

    /// <summary>What burns money and is not on its way down: it can be stopped, and has metrics.</summary>
    Up,

    /// <summary>What runs.</summary>
    Running,

    /// <summary>What is stopped, and can be started.</summary>
    Stopped,

    /// <summary>What is there and not on its way out.</summary>
    Removable,

    /// <summary>What cleanup leaves alone.</summary>
    Protected,
}
