using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PulseRun.Emulator.Http;

namespace PulseRun.Emulator.Resources;

/// <summary>Reads the fields of a request body and collects all errors in them.</summary>
/// <param name="body">The body.</param>
internal abstract class JsonFields(JsonElement body)
{
    public List<FieldProblem> Problems { get; } = [];

    /// <summary>Gets a value that is true when the body is an object; otherwise records the error.</summary>
    protected bool IsObject
    {
        get
        {
            if (body.ValueKind == JsonValueKind.Object)
                return true;
            Problems.Add(new FieldProblem(null, "Input should be a valid object", "model_attributes_type"));
            return false;
        }
    }

    /// <summary>Parses the body of a request. Returns the error of a body that is too large or not JSON; null otherwise.</summary>
    public static Reply? Read(Exchange it, Action<JsonElement> read)
    {
        if (it.Call.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is not true)
            return Problem.Validation("body", [new FieldProblem(null, "Input should be JSON (Content-Type: application/json)", "model_attributes_type")]);
        if (it.Call.Body.Length > IncomingRequest.MaxBody)
            return Problem.Detail(413, "The body is too large.");
        try
        {
            using JsonDocument json = JsonDocument.Parse(it.Call.Body);
            read(json.RootElement);
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException is thrown for half a surrogate pair in a string, which is detected only when the string is read.
            return Problem.Detail(400, "The body is not valid JSON.");
        }
    }

    /// <summary>Records an error for each field that is not known.</summary>
    protected void RefuseOthers(ICollection<string> known)
    {
        foreach (JsonProperty property in body.EnumerateObject().Where(property => !known.Contains(property.Name)))
            Problems.Add(new FieldProblem(property.Name, "Extra inputs are not permitted", "extra_forbidden"));
    }

    /// <summary>Returns a whole number of at least 1; null without one.</summary>
    protected int? Count(string field)
    {
        if (!TryGet(field, required: false, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count > 0)
            return count;
        Problems.Add(new FieldProblem(field, "Input should be a valid integer greater than 0", "int_type"));
        return null;
    }

    /// <summary>Returns a list of texts; null without one.</summary>
    protected IReadOnlyList<string>? Texts(string field, bool required)
    {
        if (!TryGet(field, required, out JsonElement value))
            return null;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(static item => item.ValueKind == JsonValueKind.String))
            return value.EnumerateArray().Select(static item => item.GetString()!).ToList();
        Problems.Add(new FieldProblem(field, "Input should be a valid list of strings", "list_type"));
        return null;
    }

    /// <summary>Returns a flag; null without one.</summary>
    protected bool? FlagOrNull(string field) => TryGet(field, required: false, out _) ? Flag(field) : null;

    protected string? Text(string field, bool required = false)
    {
        if (!TryGet(field, required, out JsonElement value))
            return null;
        if (value.ValueKind != JsonValueKind.String)
        {
            Problems.Add(new FieldProblem(field, "Input should be a valid string", "string_type"));
            return null;
        }
        string text = value.GetString()!;
        if (text.Length > 0)
            return text;
        Problems.Add(new FieldProblem(field, "String should have at least 1 character", "string_too_short"));
        return null;
    }

    protected string OneOf(string field, string[] allowed, string fallback)
    {
        string? text = Text(field);
        if (text is null || allowed.Contains(text))
            return text ?? fallback;
        Problems.Add(new FieldProblem(field, "Input should be one of " + string.Join(", ", allowed), "enum"));
        return fallback;
    }

    protected bool Flag(string field)
    {
        if (!TryGet(field, required: false, out JsonElement value))
            return false;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            Problems.Add(new FieldProblem(field, "Input should be a valid boolean", "bool_type"));
        return value.ValueKind == JsonValueKind.True;
    }

    protected decimal? Money(string field)
    {
        if (!TryGet(field, required: false, out JsonElement value))
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out decimal amount))
        {
            Problems.Add(new FieldProblem(field, "Input should be a valid number", "decimal_type"));
            return null;
        }
        if (amount < 0)
            Problems.Add(new FieldProblem(field, "Input should be greater than or equal to 0", "greater_than_equal"));
        return amount;
    }

    /// <summary>Returns true when a property is present. Null counts as missing in an optional field, and as a wrong type in a required one.</summary>
    protected bool TryGet(string field, bool required, out JsonElement value)
    {
        if (body.TryGetProperty(field, out value))
            return required || value.ValueKind != JsonValueKind.Null;
        if (required)
            Problems.Add(new FieldProblem(field, "Field required", "missing"));
        return false;
    }
}
