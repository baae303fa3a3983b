using System;
using System.Collections.Generic;
using System.IO;
using System.Management.Automation;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Idle;
using PulseRun.PowerShell.Loading;
using PulseRun.Report;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Writes a page with charts: what burned, how busy each instance was, and what idle hours cost. From the readings and states on this machine, and one list.</summary>
[Cmdlet(VerbsData.Export, Nouns.Report, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed class ExportReportCommand : PulseRunConnectedCmdlet
{
    private static readonly TimeSpan s_usual = TimeSpan.FromDays(7);

    /// <summary>Readings and states are not kept for longer.</summary>
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(90);

    /// <summary>The file to write. One that is there is replaced.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The earliest time the page tells of, at most 90 days ago. Default: 7 days ago. Readings are kept for 14 days, states for 90.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    /// <summary>How long an instance must have been idle for the hours to count as idle (1 second to 365 days, default 00:30:00).</summary>
    [Parameter]
    public TimeSpan IdleFor { get; set; } = new IdleRule().For;

    /// <summary>A GPU at or above this is busy, in percent (above 0 to 100, default 5).</summary>
    [Parameter]
    public double GpuBelow { get; set; } = new IdleRule().GpuBelow;

    /// <summary>How many instances get a line and a chart of their own, the dearest first (1 to 500, default 20). The rest is one line.</summary>
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

    /// <summary>Puts the file out.</summary>
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
        if (NoClobber && File.Exists(path))
            throw Wrong(nameof(NoClobber), "There is a file already, and -NoClobber replaces none: " + path);
        if (!Confirms(path, "Write report"))
            return;
        var builder = new ReportBuilder(since, now, rule);
        FleetReport? report = null;
        RunToEnd(async cancel => report = await BuildAsync(context, builder, since, cancel).ConfigureAwait(false), path);
        if (report is null)
            return;
        Write(path, report);
        if (PassThru)
            WriteObject(new FileInfo(path));
    }

    private async Task<FleetReport> BuildAsync(Context context, ReportBuilder builder, DateTimeOffset since, CancellationToken cancel)
    {
        var fleet = new List<Instance>();
        try
        {
            await context.Client.ListAsync(null, fleet.AddRange, Observer, cancel).ConfigureAwait(false);
            builder.AddFleet(fleet);
        }
        catch (PulseRunException error) when (!IsFatal(error))
        {
            // What was is known without the list; what is now is not, and the page says so.
            PostError(error, context.BaseUri);
        }
        Remember(store =>
        {
            builder.AddStates(store.History.States(context.Account, since));
            // They come page by page, and none is kept.
            foreach (InstanceMetrics reading in store.History.Samples(context.Account, null, since))
            {
                cancel.ThrowIfCancellationRequested();
                builder.Add(reading);
            }
        });
        return builder.Build(context.ToString(), Top);
    }

    private string FilePath()
    {
        string path = GetUnresolvedProviderPathFromPSPath(Path);
        SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path, out ProviderInfo provider, out _);
        if (provider.Name != "FileSystem")
            throw Wrong(nameof(Path), "A report is a file, and this is none: " + Path);
        return path;
    }

    /// <summary>Written beside its place and then put there, so that no half page ever stands where a whole one was.</summary>
    private void Write(string path, FleetReport report)
    {
        string draft = path + "." + Guid.NewGuid().ToString("N").Remove(8) + ".tmp";
        try
        {
            if (File.Exists(path) && (File.GetAttributes(path) & FileAttributes.ReadOnly) != 0)
            {
                if (!Force)
                    throw Wrong(nameof(Force), "The file is read-only; -Force replaces it all the same: " + path);
                File.SetAttributes(path, File.GetAttributes(path) & ~FileAttributes.ReadOnly);
            }
            using (var writer = new StreamWriter(draft, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)))
                Libraries.CreateViews().WriteReport(report, writer);
            if (!NoClobber && File.Exists(path))
                File.Delete(path);
            File.Move(draft, path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new PulseRunException(ErrorIds.InvalidRequest, "The report could not be written. " + error.Message, error) { Field = nameof(Path) };
        }
        finally
        {
            // Still there when it was not put in its place.
            if (File.Exists(draft))
                File.Delete(draft);
        }
    }

    private static PulseRunException Wrong(string field, string message) => new(ErrorIds.InvalidRequest, message) { Field = field };
}
