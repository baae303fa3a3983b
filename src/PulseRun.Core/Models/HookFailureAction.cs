namespace PulseRun;

/// <summary>Specifies what a cleanup does when the command of -BeforeStop fails or exceeds its time limit.</summary>
public enum HookFailureAction
{
    /// <summary>The instance is not stopped. The next run tries again.</summary>
    Skip,

    /// <summary>The instance is stopped anyway.</summary>
    Stop,
}
