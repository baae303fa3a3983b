using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Notes;
using PulseRun.PowerShell.Copy;
using PulseRun.PowerShell.Jobs;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that say what a job does.</summary>
internal sealed class JobParameters
{
    /// <summary>The longest command. It is sent as a file, so the limit of command lines does not apply.</summary>
    private const int MaxCommand = 1_000_000;

    /// <summary>The command to run, required: text for the shell of the instance, with quotes and line breaks as they are. It runs in the working folder of the job, where the uploads are, without input.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string Command { get; set; } = "";

    /// <summary>The name of the job: letters, digits and <c>- _ .</c> (1 to 64 characters). A launched instance gets it as its name, so it is unique among the living instances of the account. Default: job and a number, and the instance has no name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? Name { get; set; }

    /// <summary>Files and folders of this machine to copy before the command starts. The content of a folder, and each file, go into the working folder of the job.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string[]? Upload { get; set; }

    /// <summary>A file or folder of the instance to copy to -Destination when the command has ended, whatever its exit code. A relative path begins in the working folder of the job.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? Download { get; set; }

    /// <summary>The path on this machine that the download becomes; {Name} stands for the name of the job. A folder that exists is merged into, and its files of the same names are replaced.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? Destination { get; set; }

    /// <summary>A file that gets the whole standard output as it comes; {Name} stands for the name of the job. Default: none, the first megabyte is in StdOut of the result.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [EmptyIsUnset]
    public string? OutFile { get; set; }

    /// <summary>The treatment of the instance at the end: Remove (the default for a launched instance), Stop, or Keep (the default for -Instance).</summary>
    [Parameter]
    public JobEnd AtEnd { get; set; }

    /// <summary>Returns when the command runs, with a PulseRun.Job. Wait-PRJob finishes the job later, also in another process; if nothing does, the instance ends with its lifetime.</summary>
    [Parameter]
    public SwitchParameter Detach { get; set; }

    /// <summary>The time for which the instance may be out of reach while the command runs (default 00:10:00). The command continues meanwhile, and its output is read from where it was lost.</summary>
    [Parameter]
    public TimeSpan ReconnectFor { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The time in which the instance must become ready, in seconds (1 to 86400, default 900), counted from its launch.</summary>
    [Parameter]
    [ValidateRange(1, 86_400)]
    public int WaitTimeoutSec { get; set; } = 900;

    /// <summary>Returns the job that the parameters describe, without its instance. Throws before anything is sent.</summary>
    /// <param name="session">Resolves paths.</param>
    /// <param name="number">The number of the job in the command.</param>
    /// <param name="lifetime">The lifetime; null for none.</param>
    /// <exception cref="PulseRunException">InvalidRequest: a value is wrong.</exception>
    public JobSpec ToSpec(SessionState session, int number, TimeSpan? lifetime)
    {
        if (string.IsNullOrWhiteSpace(Command) || Command.Length > MaxCommand || Command.Any(static c => c == '\0'))
            throw Wrong(nameof(Command), "pass the command to run, as text without a null character.");
        string name = Name ?? "job-" + DateTime.UtcNow.ToString("HHmmss", System.Globalization.CultureInfo.InvariantCulture) + "-" + number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (NoteRules.WrongName(name) is { } wrongName)
            throw Wrong(nameof(Name), wrongName);
        if (lifetime is { } time && NoteRules.WrongLifetime(time) is { } wrongLifetime)
            throw Wrong("Lifetime", wrongLifetime);
        if (Download is null != Destination is null)
            throw Wrong(Download is null ? nameof(Download) : nameof(Destination), "-Download and -Destination belong together.");
        if (ReconnectFor < TimeSpan.Zero)
            throw Wrong(nameof(ReconnectFor), "a time is not negative.");
        if (Download is { } path && path.Split('/').Contains(".."))
            throw Wrong(nameof(Download), "a path with '..' is not downloaded.");
        string? destination = Destination is null ? null : session.Path.GetUnresolvedProviderPathFromPSPath(Destination.Replace("{Name}", name));
        if (destination is not null && File.Exists(Path.GetDirectoryName(destination)))
            throw Wrong(nameof(Destination), "its folder is a file.");
        return new JobSpec
        {
            Name = name,
            Command = Command.Replace("\r\n", "\n"),
            Lifetime = lifetime,
            Uploads = Upload is null ? [] : Contents(CopyPaths.Local(Upload, session, recurse: true)),
            Download = Download is null ? null : CopyPaths.Remote(Download, nameof(Download), isDestination: false),
            Destination = destination?.TrimEnd('/', Path.DirectorySeparatorChar),
            OutFile = OutFile is null ? null : session.Path.GetUnresolvedProviderPathFromPSPath(OutFile.Replace("{Name}", name)),
            AtEnd = AtEnd,
            IsDetached = Detach,
            ReadyTimeout = TimeSpan.FromSeconds(WaitTimeoutSec),
            ReconnectFor = ReconnectFor,
        };
    }

    /// <summary>Lets the content of folders, and files, go into one folder.</summary>
    private static IReadOnlyList<PackItem> Contents(IReadOnlyList<PackItem> items) =>
        [.. items.Select(static item => item with { Name = Directory.Exists(item.Path) ? "work" : "work/" + item.Name })];

    private static PulseRunException Wrong(string parameter, string why) => new(ErrorIds.InvalidRequest, parameter + ": " + why + " Nothing was launched.") { Field = parameter };
}
