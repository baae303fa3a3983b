using System;
using System.IO;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.Core.Report;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Writes an HTML page with charts: what is wasted, on which GPUs, since when, and what cleanup saved. Uses the readings and states recorded on this machine, and one list request.</summary>
[Cmdlet(VerbsData.Export, Nouns.Report, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportReportCommand : ConnectedCmdlet
{
    private static readonly TimeSpan s_usual = TimeSpan.FromDays(7);

    /// <summary>States are kept for 90 days, so a report cannot start earlier.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(90);

    /// <summary>The path of the file to write. An existing file is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The start of the report, at most 90 days ago. Default: 7 days ago. Readings are kept for 14 days, states for 90 days.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>The time that an instance must be idle without interruption before it counts as idle (1 second to 365 days, default 00:30:00).</summary>
    [Parameter]
    public TimeSpan IdleFor { get; set; } = new IdleRule().For;

    /// <summary>The GPU utilisation, in percent, at or above which a GPU is busy (above 0, up to 100, default 5).</summary>
    [Parameter]
    public double GpuBelow { get; set; } = new IdleRule().GpuBelow;

    /// <summary>The number of instances with a row and a chart of their own, the most expensive first (1 to 500, default 20). All others share one row.</summary>
    [Parameter]
    [ValidateRange(1, 500)]
    public int Top { get; set; } = 20;

    /// <summary>Writes JSON instead of a page: the figures for a program, and for -Compare of a later report.</summary>
    [Parameter]
    public SwitchParameter AsJson { get; set; }

    /// <summary>An earlier report that was written with -AsJson. The report then shows what got better or worse since.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Compare { get; set; }

    /// <summary>Replaces the file even if it is read-only.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Fails if the file already exists.</summary>
    [Parameter]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Returns the written file.</summary>
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
            throw Wrong(nameof(Since), "Since: the time must be in the past, and at most 90 days ago.");
        string path = FilePaths.Of(SessionState, Path, nameof(Path));
        ReportFigures? earlier = Compare is { } name ? ReportFile.ReadEarlier(FilePaths.Of(SessionState, name, nameof(Compare)), now) : null;
        var file = new ReportFile(path, Force, NoClobber);
        file.Check();
        if (!Prompt.Confirms(path, "Write report"))
            return;
        var reader = new ReportReader(context, Store, Runner.Observer, error => GoesOn(error, context));
        FleetReport? report = null;
        Runner.RunToEnd(async cancel => report = await reader.ReadAsync(since, now, rule, Top, cancel).ConfigureAwait(false), path);
        if (report is null)
            return;
        if (earlier is not null)
            report = Compared(report, earlier);
        file.Write(writer => (AsJson ? Libraries.CreateViews().WriteReportJson : (Action<FleetReport, TextWriter>)Libraries.CreateViews().WriteReport)(report, writer));
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

    private FleetReport Compared(FleetReport report, ReportFigures earlier)
    {
        ReportFigures now = ReportFigures.Of(report);
        foreach (string doubt in ReportComparison.Doubts(earlier, now))
            WriteWarning(doubt);
        return report with { Comparison = ReportComparison.Of(earlier, now) };
    }

    private static PulseRunException Wrong(string field, string message) => new(ErrorIds.InvalidRequest, message) { Field = field };
}
