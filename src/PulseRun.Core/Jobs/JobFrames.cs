using System;
using System.Globalization;
using System.IO;
using System.Text;

namespace PulseRun.Core.Jobs;

/// <summary>Specifies how the report of a job ended.</summary>
internal enum JobReport
{
    /// <summary>The connection was lost.</summary>
    Broken,

    /// <summary>The command ended with an exit code.</summary>
    Ended,

    /// <summary>The command ended without an exit code.</summary>
    Lost,

    /// <summary>The command runs.</summary>
    Running,

    /// <summary>The command was never started.</summary>
    NotStarted,
}

/// <summary>Reads the frames of <see cref="JobScripts.Follow"/>. The machine is rented, so nothing in them is trusted: lengths are bounded, and offsets must continue where the last frame ended.</summary>
/// <param name="onOutput">Receives bytes of the standard output.</param>
/// <param name="onError">Receives bytes of the standard error.</param>
internal sealed class JobFrames(Action<byte[], int> onOutput, Action<byte[], int> onError)
{
    private const int MaxFrame = 1_000_000;
    private const int MaxLine = 80;

    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>Gets or sets how many bytes of the standard output were read.</summary>
    public long OutOffset { get; set; }

    /// <summary>Gets or sets how many bytes of the standard error were read.</summary>
    public long ErrOffset { get; set; }

    /// <summary>Gets the exit code after <see cref="JobReport.Ended"/>.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Reads to the end of a report.</summary>
    /// <param name="stream">The report.</param>
    /// <param name="onContact">Called for each frame.</param>
    /// <exception cref="PulseRunException">MalformedResponse: the report has another form.</exception>
    public JobReport Read(Stream stream, Action onContact)
    {
        while (Line(stream) is { } line)
        {
            onContact();
            string[] words = line.Split(' ');
            switch (words[0])
            {
                case "H":
                    break;
                case "O" or "E" when words.Length == 3 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long offset) && int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int length) && length <= MaxFrame:
                    if (offset != (words[0] == "O" ? OutOffset : ErrOffset))
                        throw Malformed();
                    if (!Content(stream, words[0] == "O", length, onContact))
                        return JobReport.Broken;
                    break;
                case "X" when words.Length == 2 && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out int code):
                    ExitCode = code;
                    return JobReport.Ended;
                case "L":
                    return JobReport.Lost;
                case "R":
                    return JobReport.Running;
                case "N":
                    return JobReport.NotStarted;
                default:
                    throw Malformed();
            }
        }
        return JobReport.Broken;
    }

    private bool Content(Stream stream, bool isOutput, int length, Action onContact)
    {
        while (length > 0)
        {
            int count = stream.Read(_buffer, 0, Math.Min(_buffer.Length, length));
            if (count <= 0)
                return false;
            onContact();
            // The frame is counted before it is passed on, so that nothing is shown twice.
            if (isOutput)
            {
                OutOffset += count;
                onOutput(_buffer, count);
            }
            else
            {
                ErrOffset += count;
                onError(_buffer, count);
            }
            length -= count;
        }
        return true;
    }

    private static string? Line(Stream stream)
    {
        var line = new StringBuilder();
        while (true)
        {
            int next = stream.ReadByte();
            if (next < 0)
                return null;
            if (next == '\n')
                return line.ToString();
            line.Append((char)next);
            if (line.Length > MaxLine)
                throw Malformed();
        }
    }

    private static PulseRunException Malformed() => new(ErrorIds.MalformedResponse, "The instance reports the job in a form that is not known. The job may still run there.");
}
