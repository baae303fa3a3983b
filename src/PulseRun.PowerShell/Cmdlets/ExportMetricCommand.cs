using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using PulseRun.Core.Idle;
using PulseRun.Core.Monitoring;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Exports metrics of the fleet to a file for Prometheus, or to a receiver of OTLP. Sends one list and one request for the balance; the load is that of the readings recorded on this machine.</summary>
[Cmdlet(VerbsData.Export, Nouns.Metric, DefaultParameterSetName = FileSet, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(FileInfo))]
public sealed partial class ExportMetricCommand : ConnectedCmdlet
{
    private const string FileSet = "File";
    private const string UriSet = "Uri";

    [ParameterGroup]
    private readonly IdleRuleParameters _rule = new();

    /// <summary>The file to write, in the text format of Prometheus, for the textfile collector of node_exporter or windows_exporter. Its name must end with .prom there. An existing file is replaced by renaming, so a collector never reads a part of it. If the list cannot be read, the old file stays, and its time of the last success grows old.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = FileSet)]
    [Parameter(ParameterSetName = UriSet)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The http or https address of a receiver of OTLP over http, for example http://localhost:4318. /v1/metrics is added, unless the address ends with it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = UriSet)]
    [ValidateNotNull]
    public Uri? Uri { get; set; }

    /// <summary>Headers for the receiver, for example @{ Authorization = "Bearer $token" }. They are secrets: they are not shown, and not sent over plain http except to a loopback address.</summary>
    [Parameter(ParameterSetName = UriSet)]
    [ValidateNotNull]
    public IDictionary? Header { get; set; }

    /// <summary>The name of the service in the metrics of OTLP. Default: OTEL_SERVICE_NAME, else pulserun-powershell.</summary>
    [Parameter(ParameterSetName = UriSet)]
    [ValidateNotNullOrEmpty]
    public string? ServiceName { get; set; }

    /// <summary>Adds the metrics of each instance, with its id as a label. Without this switch, no id is exported.</summary>
    [Parameter]
    public SwitchParameter PerInstance { get; set; }

    /// <summary>Leaves out the balance and the runway, and saves their request.</summary>
    [Parameter]
    public SwitchParameter NoBalance { get; set; }

    /// <summary>The time that an instance must be idle without interruption for the verdict Idle (1 second to 365 days, default 00:30:00).</summary>
    [Parameter]
    public TimeSpan IdleFor { get; set; } = new IdleRule().For;

    /// <summary>Returns the written file.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        IdleRule rule = _rule.RuleFor(IdleFor, nameof(IdleFor));
        string? path = Path.Length > 0 ? FilePaths.Of(SessionState, Path, nameof(Path)) : null;
        List<KeyValuePair<string, string>> headers = Headers();
        Uri? receiver = Uri is { } address ? OtlpAddress.Of(address, headers.Count > 0, nameof(Uri)) : null;
        Context context = CurrentContext();
        if (!Prompt.Confirms(string.Join(" and ", new[] { path, receiver?.Host }.OfType<string>()), "Export metrics"))
            return;
        var reader = new FleetSnapshotReader(this, context, rule);
        IReadOnlyList<MetricFamily>? families = null;
        DateTimeOffset at = default;
        Runner.RunToEnd(
            async cancel =>
            {
                FleetSnapshot fleet = await reader.ReadAsync(!NoBalance, cancel).ConfigureAwait(false);
                at = fleet.At;
                families = FleetMetrics.Of(fleet, PerInstance);
            },
            context.BaseUri);
        if (families is null)
            return;
        if (path is not null)
            MetricFile.Write(path, nameof(Path), families);
        if (receiver is not null)
            Runner.RunToEnd(cancel => Libraries.CreateMetricSink(receiver, headers, ServiceName ?? Service()).SendAsync(families, at, Runner.Observer, cancel), receiver.Host);
        if (PassThru && path is not null)
            WriteObject(new FileInfo(path));
    }

    private static string Service() => Environment.GetEnvironmentVariable("OTEL_SERVICE_NAME")?.Trim() is { Length: > 0 } name ? name : "pulserun-powershell";

    private List<KeyValuePair<string, string>> Headers()
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (DictionaryEntry pair in Header ?? new Hashtable())
        {
            string name = pair.Key.ToString() ?? "", value = pair.Value?.ToString() ?? "";
            if (name.Length == 0 || !name.All(static c => char.IsLetterOrDigit(c) && c < 128 || c is '-' or '_') || value.Any(static c => c is < ' ' or > '~'))
                throw new PulseRunException(ErrorIds.InvalidRequest, "Header: a name or a value has characters that are not allowed in a header. The values are not shown, because they may be secrets. Nothing was sent.") { Field = nameof(Header) };
            headers.Add(new(name, value));
        }
        return headers;
    }
}
