using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using PulseRun.Core.Notify;
using PulseRun.Core.Text;

namespace PulseRun.Client.Notify;

/// <summary>Writes the body of a notification in one of the three formats.</summary>
internal static class NotifyBody
{
    /// <summary>The version of the JSON format. A change that breaks a receiver increases it.</summary>
    private const int Version = 1;

    public static byte[] Write(Notice what, NotifyFormat format)
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

    private static void WriteJson(Utf8JsonWriter json, Notice what)
    {
        json.WriteStartObject();
        json.WriteNumber("version", Version);
        json.WriteString("event", what.Event);
        foreach (NoticeField field in what.Fields)
            WriteValue(json, field);
        json.WriteString("message", what.Message);
        json.WriteEndObject();
    }

    private static void WriteSlack(Utf8JsonWriter json, Notice what)
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

    private static void WriteTeams(Utf8JsonWriter json, Notice what)
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
        foreach (NoticeField field in what.Fields)
            Fact(json, field.Title, field.Shown ?? Text(field.Value));
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Fact(Utf8JsonWriter json, string? title, string? value)
    {
        if (title is null || string.IsNullOrEmpty(value))
            return;
        json.WriteStartObject();
        json.WriteString("title", title);
        json.WriteString("value", Plain(CleanText.Clean(value!, 100)));
        json.WriteEndObject();
    }

    private static string Icon(Notice what) => what.IsWarning ? ":warning:" : ":octagonal_sign:";

    /// <summary>Escapes the three characters that Slack interprets, so that a name from the server cannot become a link or a mention.</summary>
    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>Replaces the brackets with which Markdown makes links.</summary>
    private static string Plain(string text)
    {
        var plain = new StringBuilder(text);
        return plain.Replace('[', '(').Replace(']', ')').Replace("](", ") (").ToString();
    }

    private static void WriteValue(Utf8JsonWriter json, NoticeField field)
    {
        switch (field.Value)
        {
            case null:
                json.WriteNull(field.Name);
                break;
            case decimal number:
                json.WriteNumber(field.Name, number);
                break;
            case DateTimeOffset time:
                json.WriteString(field.Name, time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteString(field.Name, CleanText.Clean(field.Value.ToString() ?? "", 200));
                break;
        }
    }

    /// <summary>Returns a value as a person reads it.</summary>
    private static string? Text(object? value) => value switch
    {
        DateTimeOffset time => CleanupEvent.Moment(time),
        decimal number => number.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value?.ToString(),
    };
}
