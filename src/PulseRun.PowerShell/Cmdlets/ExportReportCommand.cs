using System;
using System.IO;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.Core.Report;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Writes a page with charts: what the fleet cost, how busy each instance was, and what idle hours cost. From the readings and states on this machine, and one list.</summary>
[Cmdlet(VerbsData.Export, Nouns.Report, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportReportCommand : ConnectedCmdlet
{
    private static readonly TimeSpan s_usual = TimeSpan.FromDays(7);

    /// <summary>Readings and states are not kept for longer.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(90);

    /// <summary>The file to write. One that is there is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The earliest time the page shows, at most 90 days ago. Default: 7 days ago. Readings are kept for 14 days, states for 90.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>How long an instance must have been idle for the hours to count as idle (1 second to 365 days, default 00:30:00).</summary>
    [Parameter]
    public TimeSpan IdleFor { get; set; } = new IdleRule().For;

    /// <summary>A GPU at or above this is busy, in percent (above 0 to 100, default 5).</summary>
    [Parameter]
    public double GpuBelow { get; set; } = new IdleRule().GpuBelow;

    /// <summary>How many instances get a line and a chart of their own, the most expensive first (1 to 500, default 20). The rest is one line.</summary>
    [Parameter]
    [ValidateRange(1, 500)]
    public int Top { get; set; } = 20;

    /// <summary>Replaces a read-only file too.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Replaces no file.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Returns the file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        var rule = new IdleRule { For = IdleFor, GpuBelow = GpuBelow };
        if (rule.Check(nameof(IdleFor)) is { } wrong)
            throw wrong;
        Context context = CurrentContext();
        DateTimeOffset now = context.UtcNow;
        DateTimeOffset since = Since ?? now - s_usual;
        if (since >= now || since < now - s_longest)
            throw Wrong(nameof(Since), "Since: a report goes back to a moment that is past, and at most 90 days ago.");
        string path = FilePath();
        var file = new ReportFile(path, Force, NoClobber);
        file.Check();
        if (!Prompt.Confirms(path, "Write report"))
            return;
        var reader = new ReportReader(context, Store, Runner.Observer, error => GoesOn(error, context));
        FleetReport? report = null;
        Runner.RunToEnd(async cancel => report = await reader.ReadAsync(since, now, rule, Top, cancel).ConfigureAwait(false), path);
        if (report is null)
            return;
        file.Write(writer => Libraries.CreateViews().WriteReport(report, writer));
        if (PassThru)
            WriteObject(new FileInfo(path));
    }

    private bool GoesOn(PulseRunException error, Context context)
    {
        if (IsFatal(error))
            return false;
        Runner.PostError(error, context.BaseUri);
        return true;
    }

    private string FilePath()
    {
        string path = GetUnresolvedProviderPathFromPSPath(Path);
        SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path, out ProviderInfo provider, out _);
        if (provider.Name != "FileSystem")
            throw Wrong(nameof(Path), "A report is a file, and this is none: " + Path);
        return path;
    }

    private static PulseRunException Wrong(string field, string message) => new(ErrorIds.InvalidRequest, message) { Field = field };
}
