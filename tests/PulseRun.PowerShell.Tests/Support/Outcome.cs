using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace PulseRun.PowerShell.Tests.Support;

/// <summary>Everything a script did.</summary>
/// <param name="all">What it wrote to any stream, in the order of writing.</param>
/// <param name="ended">The error that ended it, if one did.</param>
/// <param name="progress">The progress records.</param>
public sealed class Outcome(IReadOnlyList<object?> all, ErrorRecord? ended, IReadOnlyList<ProgressRecord> progress)
{
    /// <summary>Everything it wrote, errors and messages too, in the order of writing.</summary>
    public IReadOnlyList<object?> All { get; } = all;

    /// <summary>The error that ended it; null when it ran to its end.</summary>
    public ErrorRecord? Ended { get; } = ended;

    /// <summary>The stable part of the id of <see cref="Ended"/>.</summary>
    public string? EndedId => Ended is null ? null : IdOf(Ended);

    /// <summary>What it wrote to the pipeline.</summary>
    public IReadOnlyList<object?> Output { get; } = all.Where(static one => one is not (ErrorRecord or InformationalRecord or InformationRecord)).ToArray();

    /// <summary>The errors that did not end it.</summary>
    public IReadOnlyList<ErrorRecord> Errors { get; } = all.OfType<ErrorRecord>().ToArray();

    /// <summary>The stable parts of the ids of <see cref="Errors"/>.</summary>
    public IReadOnlyList<string> ErrorIds => Errors.Select(IdOf).ToArray();

    /// <summary>The texts of the warnings.</summary>
    public IReadOnlyList<string> Warnings { get; } = all.OfType<WarningRecord>().Select(static record => record.Message).ToArray();

    /// <summary>The texts of the verbose stream.</summary>
    public IReadOnlyList<string> Verbose { get; } = all.OfType<VerboseRecord>().Select(static record => record.Message).ToArray();

    /// <summary>The texts of the debug stream.</summary>
    public IReadOnlyList<string> Debug { get; } = all.OfType<DebugRecord>().Select(static record => record.Message).ToArray();

    /// <summary>The progress records, of every activity.</summary>
    public IReadOnlyList<ProgressRecord> Progress { get; } = progress;

    /// <summary>Returns the output as objects of one type; throws when something else is among it.</summary>
    public T[] As<T>() => Output.Cast<T>().ToArray();

    /// <summary>Returns the outcome when there was no error of either kind; throws the first one otherwise.</summary>
    public Outcome Succeeded() =>
        Ended is { } ended ? throw new InvalidOperationException("It ended with " + ended.FullyQualifiedErrorId + ": " + ended, ended.Exception)
        : Errors.Count > 0 ? throw new InvalidOperationException("It wrote " + Errors[0].FullyQualifiedErrorId + ": " + Errors[0], Errors[0].Exception)
        : this;

    /// <summary>Returns the stable part of the id of an error.</summary>
    public static string IdOf(ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];
}
