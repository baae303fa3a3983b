using System.Collections.Generic;
using System.Diagnostics;
using System.Text;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Scheduling;

/// <summary>One short run of a program of the system, and what it wrote.</summary>
internal sealed class ProgramRun
{
    /// <summary>These programs answer at once; one that does not must not hold a session.</summary>
    private const int LimitMilliseconds = 30_000;

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    public int ExitCode { get; private set; }

    public string Output => _output.ToString();

    public string Errors => _errors.ToString();

    /// <exception cref="PulseRunException">ProgramUnavailable: it does not start, or does not end.</exception>
    public static ProgramRun Of(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        ProcessStartInfo start = Programs.StartInfo(program, arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.CreateNoWindow = true;
        // Its messages are looked at, so they must be in the language that is looked for.
        start.Environment["LC_ALL"] = "C";
        var run = new ProgramRun();
        using var process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Append(run._output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(run._errors, line.Data);
        Programs.Start(process);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            if (input is not null)
                process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (System.IO.IOException)
        {
            // It ended without reading: its exit code and its errors say why.
        }
        if (!process.WaitForExit(LimitMilliseconds))
        {
            Programs.Kill(process);
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "'" + program + "' did not end within " + LimitMilliseconds / 1000 + " s.");
        }
        // Only the wait without a limit waits for the last lines too.
        process.WaitForExit();
        run.ExitCode = process.ExitCode;
        return run;
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is null)
            return;
        lock (text)
            text.Append(line).Append('\n');
    }
}
