using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using PulseRun.Core.Report;

namespace PulseRun.Views.Report;

/// <summary>Writes a report as JSON, and reads the figures of an earlier one. Unknown is null, never 0.</summary>
internal static class ReportJson
{
    /// <summary>The value of <c>format</c>, by which such a file is recognised.</summary>
    public const string Format = "pulserun-report";

    /// <summary>The version of the format. A change that breaks a reader increases it.</summary>
    public const int Version = 1;

    /// <summary>The largest file that is read.</summary>
    private const int MaxBytes = 16 * 1024 * 1024;

    private const int MaxDepth = 16;

    public static void Write(FleetReport report, TextWriter to)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
            Write(json, report);
        to.Write(Encoding.UTF8.GetString(buffer.ToArray()));
        to.Write('\n');
    }

    /// <summary>Reads the figures of an earlier report.</summary>
    /// <exception cref="InvalidDataException">This is no such report. The message says why, and quotes nothing of it.</exception>
    public static ReportFigures Read(Stream from)
    {
        byte[] bytes = ReadAll(from);
        int start = bytes.Length >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0;
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes.AsMemory(start), new JsonDocumentOptions { MaxDepth = MaxDepth });
            return Figures(document.RootElement);
        }
        // Parse accepts a text with invalid Unicode. Reading that text then throws an InvalidOperationException.
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException("it is not JSON");
        }
    }

    private static void Write(Utf8JsonWriter json, FleetReport report)
    {
        ReportFigures figures = ReportFigures.Of(report);
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        Time(json, "since", report.Since);
        Time(json, "until", report.Until);
        Text(json, "profile", report.Profile);
        json.WriteString("address", report.Address);
        json.WriteNumber("idleForSeconds", report.Rule.For.TotalSeconds);
        json.WriteNumber("gpuBelow", report.Rule.GpuBelow);
        json.WriteNumber("readings", report.Readings);
        Time(json, "readFrom", report.ReadFrom);
        json.WriteBoolean("isListed", report.IsListed);
        json.WriteBoolean("isRecorded", report.IsRecorded);
        json.WriteBoolean("isUnitUnclear", report.IsUnitUnclear);
        json.WriteStartObject("figures");
        Number(json, "idleShare", figures.IdleShare);
        Money(json, "idleCostPerMonth", figures.IdleCostPerMonth);
        Number(json, "coverage", figures.Coverage);
        Money(json, "burnPerHour", figures.BurnPerHour);
        Number(json, "running", report.IsListed ? report.RunningNow : null);
        Number(json, "idle", figures.Idle);
        Money(json, "idlePerHour", figures.IdlePerHour);
        Number(json, "blind", figures.Blind);
        Money(json, "blindPerHour", report.IsListed && report.BlindNow.Unpriced == 0 ? report.BlindNow.PerHour : null);
        Money(json, "savedByCleanup", report.Saved is { Unpriced: 0 } saved ? saved.Amount : null);
        json.WriteEndObject();
        json.WritePropertyName("total");
        Line(json, report.Total, isSum: true);
        json.WriteStartArray("groups");
        foreach (ReportBreakdown breakdown in report.Breakdowns)
        {
            foreach (ReportGroup group in breakdown.Groups)
            {
                json.WriteStartObject();
                json.WriteString("property", breakdown.Property == "GPU type" ? "gpu" : breakdown.Property);
                Text(json, "name", group.Name);
                json.WriteNumber("instances", group.Count);
                Number(json, "idle", report.IsListed ? group.IdleNow.Count : null);
                json.WritePropertyName("sum");
                Line(json, group.Sum, isSum: true);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
        json.WriteStartArray("instances");
        foreach (ReportLine line in report.Lines)
            Line(json, line, isSum: false);
        json.WriteEndArray();
        json.WriteNumber("otherInstances", report.OtherCount);
        json.WritePropertyName("others");
        if (report.Others is { } others)
            Line(json, others, isSum: true);
        else
            json.WriteNullValue();
        json.WriteStartArray("burnOverTime");
        foreach (BurnPoint point in report.BurnOverTime)
        {
            json.WriteStartObject();
            Time(json, "at", point.At);
            json.WriteNumber("perHour", Math.Round(point.PerHour, 6));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WritePropertyName("comparison");
        if (report.Comparison is { } comparison)
            Write(json, comparison);
        else
            json.WriteNullValue();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ReportComparison comparison)
    {
        json.WriteStartObject();
        Time(json, "since", comparison.Earlier.Since);
        Time(json, "until", comparison.Earlier.Until);
        json.WriteStartArray("changes");
        foreach (ReportChange change in comparison.Changes)
        {
            json.WriteStartObject();
            json.WriteString("name", change.Name);
            Text(json, "gpu", change.Gpu);
            Number(json, "before", change.Before);
            Number(json, "now", change.Now);
            json.WriteString("trend", change.Trend.ToString().ToLowerInvariant());
            json.WriteEndObject();
        }
        json.WriteEndArray();
        Texts(json, "newlyIdle", comparison.NewlyIdle);
        Texts(json, "noLongerIdle", comparison.NoLongerIdle);
        json.WriteEndObject();
    }

    private static void Line(Utf8JsonWriter json, ReportLine line, bool isSum)
    {
        bool isRead = line.Covered > TimeSpan.Zero;
        json.WriteStartObject();
        if (!isSum)
        {
            json.WriteString("id", line.Id);
            Text(json, "gpu", line.Gpu);
            Text(json, "provider", line.Provider);
            Text(json, "region", line.Region);
            Text(json, "status", line.Status);
            Money(json, "costPerHour", line.Price);
        }
        json.WriteNumber("billedSeconds", Math.Floor(line.Burned.TotalSeconds));
        // A sum without a known price is unknown; with some unknown prices it is a lower bound.
        Money(json, "cost", line.HasUnknownPrice && line.Cost == 0 ? null : line.Cost);
        json.WriteBoolean("isLowerBound", line.HasUnknownPrice);
        json.WriteNumber("readSeconds", Math.Floor(line.Covered.TotalSeconds));
        Number(json, "idleSeconds", isRead ? Math.Floor(line.Idle.TotalSeconds) : null);
        Money(json, "idleCost", isRead && !(line.HasUnknownPrice && line.IdleCost == 0) ? line.IdleCost : null);
        Number(json, "idleShare", isRead ? line.IdleShare : null);
        if (!isSum)
        {
            Time(json, "idleSince", line.IdleSince);
            json.WriteBoolean("isBlind", line.IsBlind);
            Time(json, "lastRead", line.LastRead);
            Number(json, "meanGpu", line.MeanGpu);
            Number(json, "peakGpu", line.PeakGpu);
        }
        json.WriteEndObject();
    }

    private static ReportFigures Figures(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || TextOf(root, "format") != Format)
            throw new InvalidDataException("it was not written by Export-PRReport -AsJson");
        if (NumberOf(root, "version") is not { } version || version != Version)
            throw new InvalidDataException("it has another version of the format");
        JsonElement figures = Part(root, "figures", JsonValueKind.Object);
        var shares = new Dictionary<string, double>(StringComparer.OrdinalIgnoreCase);
        foreach (JsonElement group in Part(root, "groups", JsonValueKind.Array).EnumerateArray())
        {
            if (group.ValueKind == JsonValueKind.Object && TextOf(group, "property") == "gpu" && TextOf(group, "name") is { } name && NumberOf(Part(group, "sum", JsonValueKind.Object), "idleShare") is { } share)
                shares[name] = Share(share);
        }
        var idle = new List<string>();
        foreach (JsonElement instance in Part(root, "instances", JsonValueKind.Array).EnumerateArray())
        {
            if (instance.ValueKind == JsonValueKind.Object && TextOf(instance, "id") is { } id && TextOf(instance, "idleSince") is not null)
                idle.Add(id);
        }
        return new ReportFigures
        {
            Since = TimeOf(root, "since"),
            Until = TimeOf(root, "until"),
            Address = TextOf(root, "address") ?? throw Damaged("address"),
            IdleFor = NumberOf(root, "idleForSeconds") is { } seconds and >= 0 and < 1e9 ? TimeSpan.FromSeconds(seconds) : throw Damaged("idleForSeconds"),
            GpuBelow = NumberOf(root, "gpuBelow") ?? throw Damaged("gpuBelow"),
            IdleShare = NumberOf(figures, "idleShare") is { } idleShare ? Share(idleShare) : null,
            IdleCostPerMonth = MoneyOf(figures, "idleCostPerMonth"),
            Coverage = NumberOf(figures, "coverage") is { } coverage ? Share(coverage) : null,
            BurnPerHour = MoneyOf(figures, "burnPerHour"),
            Idle = CountOf(figures, "idle"),
            IdlePerHour = MoneyOf(figures, "idlePerHour"),
            Blind = CountOf(figures, "blind"),
            IdleShares = shares,
            IdleIds = idle,
        };
    }

    private static byte[] ReadAll(Stream from)
    {
        using var all = new MemoryStream();
        byte[] part = new byte[65536];
        for (int got; (got = from.Read(part, 0, part.Length)) > 0;)
        {
            if (all.Length + got > MaxBytes)
                throw new InvalidDataException("it is larger than 16 MB");
            all.Write(part, 0, got);
        }
        return all.ToArray();
    }

    private static JsonElement Part(JsonElement holder, string name, JsonValueKind kind) =>
        holder.TryGetProperty(name, out JsonElement part) && part.ValueKind == kind ? part : throw Damaged(name);

    private static string? TextOf(JsonElement holder, string name) =>
        !holder.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Damaged(name);

    private static double? NumberOf(JsonElement holder, string name)
    {
        if (!holder.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && !double.IsInfinity(number) ? number : throw Damaged(name);
    }

    private static decimal? MoneyOf(JsonElement holder, string name) => NumberOf(holder, name) is not { } number ? null : Math.Abs(number) < 1e15 ? (decimal)number : throw Damaged(name);

    private static int? CountOf(JsonElement holder, string name) => NumberOf(holder, name) is not { } number ? null : number is >= 0 and <= int.MaxValue ? (int)number : throw Damaged(name);

    private static double Share(double share) => share is >= 0 and <= 1 ? share : throw Damaged("share");

    private static DateTimeOffset TimeOf(JsonElement holder, string name) =>
        DateTimeOffset.TryParse(TextOf(holder, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : throw Damaged(name);

    private static InvalidDataException Damaged(string name) => new("its '" + name + "' is missing or has another type");

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
            json.WriteNull(name);
        else
            json.WriteString(name, value);
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && !double.IsNaN(number) && !double.IsInfinity(number))
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static void Money(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } money)
            json.WriteNumber(name, Math.Round(money, 6));
        else
            json.WriteNull(name);
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } time)
            json.WriteString(name, time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        else
            json.WriteNull(name);
    }
}
