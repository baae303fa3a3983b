namespace PulseRun.Core.Schedule;

/// <summary>What a step of a plan does.</summary>
internal enum PlanStepKind
{
    /// <summary>Makes a folder for this user alone, if it is not there.</summary>
    Folder,

    /// <summary>Writes a file for this user alone.</summary>
    Write,

    /// <summary>Deletes a file, if it is there.</summary>
    Delete,

    /// <summary>Runs a program, which must exit with 0.</summary>
    Run,
}
