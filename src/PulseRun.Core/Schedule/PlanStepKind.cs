namespace PulseRun.Core.Schedule;

/// <summary>Specifies what a step of a plan does.</summary>
internal enum PlanStepKind
{
    /// <summary>Creates a folder that only this user can access, if it does not exist.</summary>
    Folder,

    /// <summary>Writes a file that only this user can access.</summary>
    Write,

    /// <summary>Deletes a file, if it exists.</summary>
    Delete,

    /// <summary>Runs a program, which must exit with 0.</summary>
    Run,
}
