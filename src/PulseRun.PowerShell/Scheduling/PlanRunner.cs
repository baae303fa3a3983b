using System;
using System.Collections.Generic;
using System.IO;
using PulseRun.Core.Schedule;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Scheduling;

/// <summary>Runs the steps of a plan. If a step fails, restores the files that earlier steps changed.</summary>
internal static class PlanRunner
{
    /// <exception cref="PulseRunException">InvalidRequest or ProgramUnavailable: a step failed. The message names the step and the cause.</exception>
    public static void Run(IReadOnlyList<PlanStep> plan)
    {
        var undo = new Stack<Action>();
        try
        {
            foreach (PlanStep step in plan)
                Run(step, undo);
        }
        catch (Exception error) when (error is PulseRunException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            while (undo.Count > 0)
                Quietly(undo.Pop());
            throw error as PulseRunException ?? new PulseRunException(ErrorIds.InvalidRequest, "The task was not changed: " + error.Message, error);
        }
    }

    private static void Run(PlanStep step, Stack<Action> undo)
    {
        switch (step.Kind)
        {
            case PlanStepKind.Folder:
                MakeFolder(step.Path);
                break;
            case PlanStepKind.Write:
                undo.Push(Restore(step.Path));
                Write(step.Path, step.Text!);
                break;
            case PlanStepKind.Delete:
                undo.Push(Restore(step.Path));
                File.Delete(step.Path);
                break;
            default:
                ProgramRun run = ProgramRun.Of(step.Path, step.Arguments, step.Text);
                if (run.ExitCode != 0)
                {
                    throw new PulseRunException(ErrorIds.ProgramUnavailable,
                        "The task was not changed: " + step.Path + " " + string.Join(" ", step.Arguments) + " ended with exit code " + run.ExitCode + ": " + CleanText.Clean(run.Errors + run.Output, 500));
                }
                break;
        }
    }

    private static Action Restore(string path)
    {
        string? before = File.Exists(path) ? File.ReadAllText(path) : null;
        return () =>
        {
            if (before is null)
                File.Delete(path);
            else
                Write(path, before);
        };
    }

    private static void MakeFolder(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return;
        }
#endif
        Directory.CreateDirectory(path);
    }

    /// <summary>Writes a file through a temporary file and a rename, so that a scheduler never reads an incomplete file.</summary>
    private static void Write(string path, string text)
    {
        string draft = path + "." + Guid.NewGuid().ToString("N") + ".tmp";
        try
        {
            // The Task Scheduler accepts only UTF-16 with a byte order mark; systemd and cron read UTF-8.
            System.Text.Encoding encoding = text.StartsWith("<?xml", StringComparison.Ordinal) ? System.Text.Encoding.Unicode : new System.Text.UTF8Encoding(false);
            using (FileStream file = Create(draft))
            using (var writer = new StreamWriter(file, encoding))
                writer.Write(text);
#if NET
            File.Move(draft, path, overwrite: true);
#else
            File.Delete(path);
            File.Move(draft, path);
#endif
        }
        catch
        {
            Quietly(() => File.Delete(draft));
            throw;
        }
    }

    private static FileStream Create(string path)
    {
#if NET
        if (!OperatingSystem.IsWindows())
            return new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
#endif
        return new FileStream(path, FileMode.CreateNew, FileAccess.Write);
    }

    private static void Quietly(Action undo)
    {
        try
        {
            undo();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The first error is reported, not the failure to restore a file.
        }
    }
}
