using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Scheduling;

/// <summary>Represents one short run of a system program, with its exit code and its output.</summary>
internal sealed class ProgramRun
{
    /// <summary>The time limit of a run. Scheduler programs return within a second; the limit is far above that, so that a hanging one does not block the session.</summary>
    private const int LimitMilliseconds = 30_000;

    // The encoding does not depend on the console, because a crontab must be written back unchanged.
    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false);

    private readonly StringBuilder _errors = new();

    public int ExitCode { get; private set; }

    /// <summary>Gets the standard output, unchanged. Bytes that are not UTF-8 are U+FFFD.</summary>
    public string Output { get; private set; } = "";

    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <exception cref="PulseRunException">ProgramUnavailable: the program cannot be started, or does not end within the time limit.</exception>
    public static ProgramRun Of(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        ProcessStartInfo start = Programs.StartInfo(program, arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardOutputEncoding = s_encoding;
        start.CreateNoWindow = true;
        // Its messages are parsed, so they must be in English.
        start.Environment["LC_ALL"] = "C";
        var run = new ProgramRun();
        using var process = new Process { StartInfo = start };
        process.ErrorDataReceived += (_, line) => run.Append(line.Data);
        Programs.Start(process);
        bool isLate = false;
        using (new Timer(_ =>
        {
            isLate = true;
            Programs.Kill(process);
        }, null, LimitMilliseconds, Timeout.Infinite))
        {
            process.BeginErrorReadLine();
            try
            {
                byte[] bytes = s_encoding.GetBytes(input ?? "");
                process.StandardInput.BaseStream.Write(bytes, 0, bytes.Length);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // The program ended without reading its input. Its exit code and its errors have the cause.
            }
            run.Output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
        }
        if (isLate)
            throw new PulseRunException(ErrorIds.ProgramUnavailable, "'" + program + "' did not end within " + LimitMilliseconds / 1000 + " s.");
        run.ExitCode = process.ExitCode;
        return run;
    }

    private void Append(string? line)
    {
        lock (_errors)
            _errors.Append(line).Append(line is null ? "" : "\n");
    }
}
