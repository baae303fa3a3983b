using System;
using System.IO;
using PulseRun.Core.Jobs;
using PulseRun.Core.Ssh;
using PulseRun.Core.Text;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Receives the output of a job: keeps the first megabyte of each stream, writes the standard output to a file, and passes lines on.</summary>
internal sealed class JobOutput : IDisposable
{
    private readonly Stream? _file;
    private readonly LineSplitter _out;
    private readonly LineSplitter _errors;

    /// <param name="file">The file for the standard output; null for none.</param>
    /// <param name="onLine">Receives each line and true for standard error.</param>
    /// <exception cref="PulseRunException">InvalidRequest: the file cannot be written.</exception>
    public JobOutput(string? file, Action<string, bool> onLine)
    {
        _out = new LineSplitter(line => onLine(line, false));
        _errors = new LineSplitter(line => onLine(line, true));
        try
        {
            _file = file is null ? null : new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "OutFile: the file '" + CleanText.Clean(file!, 300) + "' cannot be written, and nothing was run. " + error.Message) { Field = "OutFile" };
        }
        Frames = new JobFrames(AddOutput, AddError);
    }

    /// <summary>Gets the reader of reports, which knows how much was read.</summary>
    public JobFrames Frames { get; }

    public BoundedOutputBuffer Output { get; private set; } = new();

    public BoundedOutputBuffer Errors { get; private set; } = new();

    /// <summary>Gets how many bytes of the standard output belong to complete lines.</summary>
    public long OutLines => Frames.OutOffset - _out.Pending;

    /// <summary>Gets how many bytes of the standard error belong to complete lines.</summary>
    public long ErrLines => Frames.ErrOffset - _errors.Pending;

    /// <summary>Gets why the file could not be written; null while it could.</summary>
    public string? FileProblem { get; private set; }

    /// <summary>Passes on lines without an end. Call it when the job has ended.</summary>
    public void Finish()
    {
        _out.Finish();
        _errors.Finish();
    }

    /// <summary>Begins with the output of the command on another instance. The file gets that too; the buffers have the output of the last run only.</summary>
    public void Restart()
    {
        Finish();
        (Output, Errors) = (new BoundedOutputBuffer(), new BoundedOutputBuffer());
        (Frames.OutOffset, Frames.ErrOffset) = (0, 0);
    }

    public void Dispose() => _file?.Dispose();

    private void AddOutput(byte[] buffer, int count)
    {
        Output.Add(buffer, count);
        try
        {
            if (FileProblem is null)
                _file?.Write(buffer, 0, count);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A full local disk must not end the job: its whole output is still on the instance.
            FileProblem = error.Message;
        }
        _out.Add(buffer, count);
    }

    private void AddError(byte[] buffer, int count)
    {
        Errors.Add(buffer, count);
        _errors.Add(buffer, count);
    }
}
