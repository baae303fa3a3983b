using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Represents the outcome of a script.</summary>
/// <param name="all">The objects that the script wrote to any stream, in the order of writing.</param>
/// <param name="ended">The error that ended the script; null when it ran to its end.</param>
/// <param name="progress">The progress records.</param>
public sealed class Outcome(IReadOnlyList<object?> all, ErrorRecord? ended, IReadOnlyList<ProgressRecord> progress)
{
    /// <summary>Gets all objects that the script wrote, including errors and messages, in the order of writing.</summary>
    public IReadOnlyList<object?> All { get; } = all;

    /// <summary>Gets the error that ended the script; null when it ran to its end.</summary>
    public ErrorRecord? Ended { get; } = ended;

    /// <summary>Gets the stable part of the id of <see cref="Ended"/>.</summary>
    public string? EndedId => Ended is null ? null : IdOf(Ended);

    /// <summary>Gets the objects that the script wrote to the pipeline.</summary>
    public IReadOnlyList<object?> Output { get; } = all.Where(static one => one is not (ErrorRecord or InformationalRecord or InformationRecord)).ToArray();

    /// <summary>Gets the non-terminating errors.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; } = all.OfType<ErrorRecord>().ToArray();

    /// <summary>Gets the stable parts of the ids of <see cref="Errors"/>.</summary>
    public IReadOnlyList<string> ErrorIds => Errors.Select(IdOf).ToArray();

    /// <summary>Gets the texts of the warnings.</summary>
    public IReadOnlyList<string> Warnings { get; } = all.OfType<WarningRecord>().Select(static record => record.Message).ToArray();

    /// <summary>Gets the texts of the verbose stream.</summary>
    public IReadOnlyList<string> Verbose { get; } = all.OfType<VerboseRecord>().Select(static record => record.Message).ToArray();

    /// <summary>Gets the texts of the debug stream.</summary>
    public IReadOnlyList<string> Debug { get; } = all.OfType<DebugRecord>().Select(static record => record.Message).ToArray();

    /// <summary>Gets the progress records of every activity.</summary>
    public IReadOnlyList<ProgressRecord> Progress { get; } = progress;

    /// <summary>Returns the output as objects of one type. Throws when it contains another type.</summary>
    public T[] As<T>() => Output.Cast<T>().ToArray();

    /// <summary>Returns the outcome when there was no error. Otherwise throws the first error.</summary>
    public Outcome Succeeded() =>
        Ended is { } ended ? throw new InvalidOperationException("It ended with " + ended.FullyQualifiedErrorId + ": " + ended, ended.Exception)
        : Errors.Count > 0 ? throw new InvalidOperationException("It wrote " + Errors[0].FullyQualifiedErrorId + ": " + Errors[0], Errors[0].Exception)
        : this;

    /// <summary>Returns the ids of all errors, with that of the error which ended the script.</summary>
    public IReadOnlyList<string> AllErrorIds() => EndedId is null ? ErrorIds : [.. ErrorIds, EndedId];

    /// <summary>Returns the stable part of the id of an error.</summary>
    public static string IdOf(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
