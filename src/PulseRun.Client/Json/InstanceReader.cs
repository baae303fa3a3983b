using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Text.Json;
using PulseRun.Client.Http;

namespace PulseRun.Client.Json;

/// <summary>
/// Parses the API's instance object (docs/dev/api.md) directly into the model. It is written by hand instead of using a wire class because
/// a value of the wrong type must move to AdditionalProperties instead of failing, the fields present must be known,
/// repeated texts are pooled before they become strings, and a row that is truncated by the end of a buffer is parsed again.
/// </summary>
internal sealed class InstanceReader(Context origin, Redactor redactor)
{
    private readonly TextPool _pool = new(redactor);

    /// <summary>Reads the object at the reader's position. Returns false when the data ends first.</summary>
    public bool TryRead(ref Utf8JsonReader reader, out Instance? instance)
    {
        instance = null;
        var row = default(Row);
        while (true)
        {
            if (!reader.Read())
                return false;
            if (reader.TokenType == JsonTokenType.EndObject)
                break;
            var field = FieldOf(ref reader);
            string? name = field == InstanceFields.None ? JsonValues.Text(ref reader) : null;
            if (!reader.Read())
                return false;
            row.Fields |= field;
            if (!TryTake(ref reader, ref row, field))
            {
                if (!JsonValues.TryRead(ref reader, out object? value))
                    return false;
                row.Extras ??= new Dictionary<string, object?>(StringComparer.Ordinal);
                name ??= Spelling(field);
                row.Extras[redactor.Value(name)] = redactor.Tree(name, value);
            }
        }
        instance = Build(row);
        return true;
    }

    /// <summary>Reads the value of a field. Returns false when the value has another type than the field.</summary>
    private bool TryTake(ref Utf8JsonReader reader, ref Row row, InstanceFields field)
    {
        switch (field)
        {
            case InstanceFields.Id:
                return TryText(ref reader, out row.Id);
            case InstanceFields.Status:
                return TryPooled(ref reader, out row.Status);
            case InstanceFields.Gpu:
                return TryPooled(ref reader, out row.Gpu);
            case InstanceFields.GpuName:
                return TryPooled(ref reader, out row.GpuName);
            case InstanceFields.Provider:
                return TryPooled(ref reader, out row.Provider);
            case InstanceFields.Region:
                return TryPooled(ref reader, out row.Region);
            case InstanceFields.Template:
                return TryPooled(ref reader, out row.Template);
            case InstanceFields.Ip:
                return TryText(ref reader, out row.Ip);
            case InstanceFields.SshCommand:
                return TryText(ref reader, out row.SshCommand);
            case InstanceFields.JupyterUrl:
                if (!TryPlain(ref reader, out string? url))
                    return false;
                row.JupyterUrl = redactor.KeepQuery(url);
                return true;
            case InstanceFields.CostPerHour:
                return LenientJson.TryMoney(ref reader, out row.CostPerHour);
            case InstanceFields.Spot:
                return LenientJson.TryFlag(ref reader, out row.Spot);
            case InstanceFields.StartedAt:
                return LenientJson.TryDate(ref reader, out row.StartedAt);
            case InstanceFields.CreatedAt:
                return LenientJson.TryDate(ref reader, out row.CreatedAt);
            default:
                return false;
        }
    }

    private Instance Build(in Row row) => new()
    {
        Id = row.Id ?? "",
        Status = row.Status,
        Gpu = row.Gpu,
        GpuName = row.GpuName,
        Provider = row.Provider,
        Region = row.Region,
        Ip = row.Ip,
        SshCommand = row.SshCommand,
        JupyterUrl = row.JupyterUrl,
        CostPerHour = row.CostPerHour,
        Template = row.Template,
        Spot = row.Spot,
        StartedAt = row.StartedAt,
        CreatedAt = row.CreatedAt,
        AdditionalProperties = row.Extras is null ? EmptyProperties.Instance : new ReadOnlyDictionary<string, object?>(row.Extras),
        Origin = origin,
        Fields = row.Fields,
    };

    private bool TryPooled(ref Utf8JsonReader reader, out string? text)
    {
        if (reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && !reader.HasValueSequence)
        {
            text = _pool.Get(reader.ValueSpan);
            return true;
        }
        return TryText(ref reader, out text);
    }

    private bool TryText(ref Utf8JsonReader reader, out string? text)
    {
        if (!TryPlain(ref reader, out text))
            return false;
        text = redactor.ValueOrNull(text);
        return true;
    }

    private static bool TryPlain(ref Utf8JsonReader reader, out string? text)
    {
        text = null;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.String:
                text = JsonValues.Text(ref reader);
                return true;
            case JsonTokenType.Number:
                text = JsonValues.Raw(ref reader);
                return true;
            case JsonTokenType.True:
            case JsonTokenType.False:
                text = reader.TokenType == JsonTokenType.True ? "true" : "false";
                return true;
            default:
                return false;
        }
    }

    private static InstanceFields FieldOf(ref Utf8JsonReader reader) => reader.ValueSpan.Length switch
    {
        2 => reader.ValueTextEquals("id"u8) ? InstanceFields.Id
            : reader.ValueTextEquals("ip"u8) ? InstanceFields.Ip
            : InstanceFields.None,
        3 => reader.ValueTextEquals("gpu"u8) ? InstanceFields.Gpu : InstanceFields.None,
        4 => reader.ValueTextEquals("spot"u8) ? InstanceFields.Spot : InstanceFields.None,
        6 => reader.ValueTextEquals("status"u8) ? InstanceFields.Status
            : reader.ValueTextEquals("region"u8) ? InstanceFields.Region
            : InstanceFields.None,
        8 => reader.ValueTextEquals("gpu_name"u8) ? InstanceFields.GpuName
            : reader.ValueTextEquals("provider"u8) ? InstanceFields.Provider
            : reader.ValueTextEquals("template"u8) ? InstanceFields.Template
            : InstanceFields.None,
        10 => reader.ValueTextEquals("started_at"u8) ? InstanceFields.StartedAt
            : reader.ValueTextEquals("created_at"u8) ? InstanceFields.CreatedAt
            : InstanceFields.None,
        11 => reader.ValueTextEquals("ssh_command"u8) ? InstanceFields.SshCommand
            : reader.ValueTextEquals("jupyter_url"u8) ? InstanceFields.JupyterUrl
            : InstanceFields.None,
        13 => reader.ValueTextEquals("cost_per_hour"u8) ? InstanceFields.CostPerHour : InstanceFields.None,
        _ => InstanceFields.None,
    };

    private static string Spelling(InstanceFields field) => field switch
    {
        InstanceFields.Id => "id",
        InstanceFields.Status => "status",
        InstanceFields.Gpu => "gpu",
        InstanceFields.GpuName => "gpu_name",
        InstanceFields.Provider => "provider",
        InstanceFields.Region => "region",
        InstanceFields.Ip => "ip",
        InstanceFields.SshCommand => "ssh_command",
        InstanceFields.JupyterUrl => "jupyter_url",
        InstanceFields.CostPerHour => "cost_per_hour",
        InstanceFields.Template => "template",
        InstanceFields.Spot => "spot",
        InstanceFields.StartedAt => "started_at",
        _ => "created_at",
    };

    /// <summary>Holds the values while they are read.</summary>
    private struct Row
    {
        public string? Id;
        public string? Status;
        public string? Gpu;
        public string? GpuName;
        public string? Provider;
        public string? Region;
        public string? Ip;
        public string? SshCommand;
        public string? JupyterUrl;
        public decimal? CostPerHour;
        public string? Template;
        public bool? Spot;
        public DateTimeOffset? StartedAt;
        public DateTimeOffset? CreatedAt;
        public Dictionary<string, object?>? Extras;
        public InstanceFields Fields;
    }
}
