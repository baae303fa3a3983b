using System;
using System.Globalization;
using System.Text.Json.Nodes;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator.Faults;

/// <summary>Creates the replies of faults.</summary>
internal static class FaultReplies
{
    /// <summary>The kinds that produce a reply of their own, whatever was requested.</summary>
    public static bool Replaces(EmulatorFaultKind kind) => kind is EmulatorFaultKind.TooManyRequests
        or EmulatorFaultKind.ServerError or EmulatorFaultKind.ServerErrorAfterEffect or EmulatorFaultKind.HtmlError or EmulatorFaultKind.NestedError
        or EmulatorFaultKind.NoCapacity or EmulatorFaultKind.RedirectTo or EmulatorFaultKind.CutBeforeAnswer or EmulatorFaultKind.Hang
        or EmulatorFaultKind.MetricsMissing;

    /// <summary>The kinds that change the reply to a request.</summary>
    public static bool Spoils(EmulatorFaultKind kind) => kind is EmulatorFaultKind.HalfAnswer or EmulatorFaultKind.StalledBody
        or EmulatorFaultKind.HugeAnswer or EmulatorFaultKind.DeepNesting or EmulatorFaultKind.NotJson
        or EmulatorFaultKind.EmptyAnswer or EmulatorFaultKind.PartialAnswer;

    /// <summary>Returns the reply under a fault that replaces or changes it.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="answer">The reply without the fault; null before the request took effect.</param>
    /// <param name="now">The emulator's time.</param>
    public static Reply Make(EmulatorFault fault, Reply? answer, DateTimeOffset now)
    {
        Reply given = answer ?? new Reply(200);
        return fault.Kind switch
        {
            EmulatorFaultKind.TooManyRequests => TooManyRequests(fault, now),
            EmulatorFaultKind.HtmlError => Html(fault.Status ?? 502, fault.Text),
            EmulatorFaultKind.NestedError => Nested(fault.Status ?? 500, fault.Text),
            EmulatorFaultKind.NoCapacity => Problem.Detail(fault.Status ?? 409, fault.Text ?? "No capacity: this GPU type is not available at any provider right now."),
            EmulatorFaultKind.MetricsMissing => Problem.Detail(fault.Status ?? 404, fault.Text ?? "No metrics for this instance."),
            EmulatorFaultKind.RedirectTo => new Reply(fault.Status ?? 307).With("Location", fault.Url!.OriginalString),
            EmulatorFaultKind.CutBeforeAnswer => new Reply(0) { Delivery = Delivery.Cut },
            EmulatorFaultKind.Hang => new Reply(0) { Delivery = Delivery.Hang },
            EmulatorFaultKind.HalfAnswer => given with { Delivery = Delivery.Half },
            EmulatorFaultKind.StalledBody => given with { Delivery = Delivery.Stalled },
            EmulatorFaultKind.HugeAnswer => Huge(given),
            EmulatorFaultKind.DeepNesting => given with { Json = Deepen(given.Json, fault.Count ?? 200) },
            EmulatorFaultKind.NotJson => given with { Text = fault.Text ?? "It works!", ContentType = "text/plain" },
            EmulatorFaultKind.EmptyAnswer => new Reply(fault.Status ?? 204),
            EmulatorFaultKind.PartialAnswer => given with { Json = new JsonObject { ["id"] = given.Json?["id"]?.DeepClone(), ["status"] = given.Json?["status"]?.DeepClone() } },
            _ => ServerError(fault),
        };
    }

    /// <summary>Returns a 429 that requests a wait in seconds of the client's time.</summary>
    public static Reply TooManyRequests(int seconds, bool asDate, DateTimeOffset now)
    {
        // An HTTP date has no fractions; rounding down would make it a second too early.
        string value = asDate ? HttpDate(now.AddSeconds(seconds).AddTicks(TimeSpan.TicksPerSecond - 1)) : Number(seconds);
        return Refused().With("Retry-After", value);
    }

    public static string HttpDate(DateTimeOffset time) => time.ToString("r", CultureInfo.InvariantCulture);

    private static Reply TooManyRequests(EmulatorFault fault, DateTimeOffset now) => fault.Form?.ToUpperInvariant() switch
    {
        "DATE" => TooManyRequests(fault.RetryAfter, asDate: true, now),
        "ABSENT" => Refused(),
        "PAST" => Refused().With("Retry-After", HttpDate(now.AddHours(-1))),
        "ABSURD" => Refused().With("Retry-After", "99999999999"),
        "BROKEN" => Refused().With("Retry-After", fault.Text ?? "soon"),
        _ => TooManyRequests(fault.RetryAfter, asDate: false, now),
    };

    private static Reply Refused() => Problem.Detail(429, "Rate limit exceeded.");

    private static Reply ServerError(EmulatorFault fault)
    {
        int status = fault.Status ?? 500;
        string text = fault.Text ?? "Internal server error.";
        return fault.Form?.ToUpperInvariant() switch
        {
            "ARRAY" => Problem.Validation("body", [new FieldProblem("gpu", text, "value_error")], status),
            "NESTED" => Nested(status, text),
            "HTML" => Html(status, text),
            "TEXT" => new Reply(status) { Text = text, ContentType = "text/plain" },
            "EMPTY" => new Reply(status),
            _ => Problem.Detail(status, text),
        };
    }

    private static Reply Html(int status, string? text) => new(status)
    {
        Text = "<html><head><title>" + Number(status) + "</title></head><body><h1>" + (text ?? "Bad gateway") + "</h1><hr>nginx</body></html>",
        ContentType = "text/html",
    };

    private static Reply Nested(int status, string? text) => new(status, new JsonObject
    {
        ["error"] = new JsonObject { ["code"] = "provider_error", ["error"] = new JsonObject { ["message"] = text ?? "The provider failed." } },
    });

    private static Reply Huge(Reply given)
    {
        // Use valid rows, so that a client reaches its own limit instead of a syntax error.
        bool list = given.Json is JsonArray || given.Json?["data"] is not null || given.Json?["instances"] is not null;
        return given with
        {
            Delivery = Delivery.Endless,
            Text = list ? "[" : "{\"id\":\"inst_endless\",\"status\":\"running\",\"padding\":\"",
            Repeat = list ? "{\"id\":\"inst_endless\",\"status\":\"running\"}," : new string('x', 4096),
        };
    }

    private static JsonObject Deepen(JsonNode? json, int levels)
    {
        var deep = new JsonObject();
        for (int i = 0; i < levels; i++)
            deep = new JsonObject { ["deeper"] = deep };
        JsonObject target = json as JsonObject ?? [];
        target["nested"] = deep;
        return target;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
