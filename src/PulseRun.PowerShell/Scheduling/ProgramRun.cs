using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using PulseRun.PowerShell.Ssh;

namespace PulseRun.PowerShell.Scheduling;

/// <summary>One short run of a program of the system, and what it wrote.</summary>
internal sealed class ProgramRun
{
    /// <summary>These programs answer at once; one that does not must not hold a session.</summary>
    private const int LimitMilliseconds = 30_000;

    // Whatever the console's encoding is: a crontab must come back as it was.
    private static readonly UTF8Encoding s_encoding = new(encoderShouldEmitUTF8Identifier: false);

    private readonly StringBuilder _errors = new();

    public int ExitCode { get; private set; }

    /// <summary>What it wrote, to the letter. Bytes that are no UTF-8 are U+FFFD.</summary>
    public string Output { get; private set; } = "";

    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <exception cref="PulseRunException">ProgramUnavailable: it does not start, or does not end.</exception>
    public static ProgramRun Of(string program, IReadOnlyList<string> arguments, string? input = null)
    {
        ProcessStartInfo start = Programs.StartInfo(program, arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardOutputEncoding = s_encoding;
        start.CreateNoWindow = true;
        // Its messages are looked at, so they must be in the language that is looked for.
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
                // It ended without reading: its exit code and its errors say why.
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
