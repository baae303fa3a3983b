using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using PulseRun.Client.Json;

namespace PulseRun.Client.Http;

/// <summary>Contains the server's description of an error, from any of the known forms of error bodies.</summary>
/// <param name="Detail">The text without secrets and control characters, at most 500 characters; null when there is none.</param>
/// <param name="Field">The name of the invalid field; null when there is none.</param>
internal sealed record ServerText(string? Detail, string? Field)
{
    private const int MaxLength = 500;
    private const int MaxDepth = 4;

    /// <summary>The first parts of a validation error's location, which only name the part of the request and are omitted.</summary>
    private static readonly string[] s_places = ["body", "query", "path", "header"];
    private static readonly string[] s_names = ["detail", "error", "message", "msg", "error_description", "title", "reason", "errors"];

    public static ServerText Read(ReadOnlySpan<byte> body, Redactor redactor)
    {
        string? field = null;
        string? detail = Extract(body, ref field);
        if (string.IsNullOrWhiteSpace(detail))
            return new ServerText(null, null);
        // Mask before truncating: a truncated key would not be recognized.
        detail = PulseRun.Core.Text.CleanText.Clean(redactor.Prose(detail!), MaxLength);
        return new ServerText(detail.Length == 0 ? null : detail, field is null ? null : PulseRun.Core.Text.CleanText.Clean(redactor.Value(field), 100));
    }

    private static string? Extract(ReadOnlySpan<byte> body, ref string? field)
    {
        try
        {
            return Find(JsonValues.Parse(body), 0, ref field);
        }
        catch (JsonException)
        {
            string text = Encoding.UTF8.GetString(body.ToArray()).Trim('\uFEFF', ' ', '\r', '\n', '\t');
            return text.Length > 0 && text[0] == '<' ? Html(text) : text;
        }
    }

    private static string? Find(object? value, int depth, ref string? field)
    {
        switch (value)
        {
            case string text:
                return text;
            case Dictionary<string, object?> map when depth < MaxDepth:
                if (map.TryGetValue("loc", out object? place) && map.TryGetValue("msg", out object? message))
                    return Validation(place, message, ref field);
                if (field is null && map.TryGetValue("field", out object? named))
                    field = named as string;
                foreach (string name in s_names)
                {
                    if (map.TryGetValue(name, out object? inner) && Find(inner, depth + 1, ref field) is { Length: > 0 } found)
                        return found;
                }
                return null;
            case object?[] items when depth < MaxDepth:
                var texts = new List<string>();
                foreach (object? item in items)
                {
                    if (Find(item, depth + 1, ref field) is { Length: > 0 } found)
                        texts.Add(found);
                }
                return texts.Count == 0 ? null : string.Join("; ", texts);
            default:
                return null;
        }
    }

    private static string Validation(object? place, object? message, ref string? field)
    {
        var steps = (place as object?[] ?? [place])
            .Where((step, index) => step is not null && !(index == 0 && s_places.Contains(step as string)))
            .Select(step => Convert.ToString(step, System.Globalization.CultureInfo.InvariantCulture));
        string name = string.Join(".", steps);
        if (name.Length == 0)
            return message as string ?? "";
        field ??= name;
        return name + ": " + message;
    }

    /// <summary>Returns the title of an HTML page, in one pass, because the server chooses the text.</summary>
    private static string Html(string text)
    {
        int title = text.IndexOf("<title", StringComparison.OrdinalIgnoreCase);
        int start = title < 0 ? -1 : text.IndexOf('>', title) + 1;
        int end = start <= 0 ? -1 : text.IndexOf("</title", start, StringComparison.OrdinalIgnoreCase);
        string words = end < 0 ? "" : WebUtility.HtmlDecode(WithoutTags(text.Substring(start, end - start))).Trim();
        return words.Length > 0 ? words : "an HTML page";
    }

    private static string WithoutTags(string html)
    {
        var words = new StringBuilder(html.Length);
        bool isTag = false;
        foreach (char c in html)
        {
            if (c == '<')
                words.Append(' ');
            isTag = c == '<' || (isTag && c != '>');
            if (!isTag && c != '>')
                words.Append(c);
        }
        return words.ToString();
    }
}
