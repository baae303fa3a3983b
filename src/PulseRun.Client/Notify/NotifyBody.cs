using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using PulseRun.Core.Text;

namespace PulseRun.Client.Notify;

/// <summary>Writes the body of a notification in one of the three formats.</summary>
internal static class NotifyBody
{
    /// <summary>The version of the JSON format. A change that breaks a receiver increases it.</summary>
    private const int Version = 1;

    public static byte[] Write(CleanupEvent what, NotifyFormat format)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            switch (format)
            {
                case NotifyFormat.Slack:
                    WriteSlack(json, what);
                    break;
                case NotifyFormat.Teams:
                    WriteTeams(json, what);
                    break;
                default:
                    WriteJson(json, what);
                    break;
            }
        }
        return buffer.ToArray();
    }

    private static void WriteJson(Utf8JsonWriter json, CleanupEvent what)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("event", what.Kind.ToString().ToLowerInvariant());
        json.WriteString("id", what.Id);
        WriteText(json, "name", what.Name);
        WriteText(json, "reason", what.Reason.ToString());
        WriteTime(json, "expiresAt", what.ExpiresAt);
        WriteText(json, "launchedBy", what.LaunchedBy);
        WriteText(json, "gpu", what.Gpu);
        WriteText(json, "provider", what.Provider);
        WriteText(json, "region", what.Region);
        WriteNumber(json, "costPerHour", what.CostPerHour);
        WriteTime(json, "idleSince", what.IdleSince);
        WriteNumber(json, "idleSeconds", what.IdleFor is { } idle ? Math.Floor((decimal)idle.TotalSeconds) : null);
        WriteTime(json, "stopAt", what.StopAt);
        WriteNumber(json, "savedPerHour", what.SavedPerHour);
        WriteTime(json, "time", what.Time);
        json.WriteString("message", what.Message);
        json.WriteEndObject();
    }

    private static void WriteSlack(Utf8JsonWriter json, CleanupEvent what)
    {
        string text = Escape(what.Message);
        json.WriteStartObject();
        // The text is what a phone shows; the block is what the channel shows.
        json.WriteString("text", text);
        json.WriteStartArray("blocks");
        json.WriteStartObject();
        json.WriteString("type", "section");
        json.WriteStartObject("text");
        json.WriteString("type", "mrkdwn");
        json.WriteString("text", Icon(what) + " " + text);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTeams(Utf8JsonWriter json, CleanupEvent what)
    {
        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteStartArray("attachments");
        json.WriteStartObject();
        json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
        json.WriteNull("contentUrl");
        json.WriteStartObject("content");
        json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        json.WriteString("type", "AdaptiveCard");
        json.WriteString("version", "1.4");
        json.WriteStartArray("body");
        json.WriteStartObject();
        json.WriteString("type", "TextBlock");
        json.WriteString("text", Plain(what.Message));
        json.WriteBoolean("wrap", true);
        json.WriteString("weight", "bolder");
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("type", "FactSet");
        json.WriteStartArray("facts");
        Fact(json, "Instance", what.Id);
        Fact(json, "Launched by", what.LaunchedBy);
        Fact(json, "GPU", what.Gpu);
        Fact(json, "Provider", what.Provider);
        Fact(json, "Price", what.CostPerHour is { } cost ? Display.PerHour(cost) : null);
        Fact(json, "Idle since", what.IdleSince is { } since ? CleanupEvent.Moment(since) : null);
        Fact(json, "Stop at", what.StopAt is { } stop ? CleanupEvent.Moment(stop) : null);
        Fact(json, "Saves", what.SavedPerHour is { } saved ? Display.PerHour(saved) : null);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Fact(Utf8JsonWriter json, string title, string? value)
    {
        if (string.IsNullOrEmpty(value))
            return;
        json.WriteStartObject();
        json.WriteString("title", title);
        json.WriteString("value", Plain(CleanText.Clean(value!, 100)));
        json.WriteEndObject();
    }

    private static string Icon(CleanupEvent what) => what.Kind == CleanupEventKind.Warning ? ":warning:" : ":octagonal_sign:";

    /// <summary>Escapes the three characters that Slack interprets, so that a name from the server cannot become a link or a mention.</summary>
    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>Replaces the brackets with which Markdown makes links.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text);
        return plain.Replace('[', '(').Replace(']', ')').Replace("](", ") (").ToString();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string? value)
    {
        if (value is null)
            json.WriteNull(name);
        else
            json.WriteString(name, CleanText.Clean(value, 200));
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, decimal? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } time)
            json.WriteString(name, time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        else
            json.WriteNull(name);
    }
}
