using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <summary>Parses the body of a launch and collects all errors in it.</summary>
internal sealed class LaunchBody
{
    private static readonly HashSet<string> s_known =
    [
        "gpu", "template", "docker_image", "disk_size_gb", "region", "spot", "ssh_key_id", "provider", "auto_migrate", "auto_spot_recovery", "budget_limit",
    ];

    private readonly JsonElement _body;

    private LaunchBody(JsonElement body) => _body = body;

    public List<FieldProblem> Problems { get; } = [];

    /// <summary>Gets the order; null when the body has errors.</summary>
    public LaunchOrder? Order { get; private set; }

    public static LaunchBody Read(JsonElement body)
    {
        var read = new LaunchBody(body);
        if (body.ValueKind == JsonValueKind.Object)
            read.ReadAll();
        else
            read.Problems.Add(new FieldProblem(null, "Input should be a valid object", "model_attributes_type"));
        return read;
    }

    private void ReadAll()
    {
        string? gpu = Text("gpu", required: true);
        string? template = Text("template", required: true);
        string? image = Text("docker_image");
        string region = OneOf("region", Catalogue.LaunchRegions, Catalogue.AnyRegion);
        string provider = OneOf("provider", [Catalogue.AutoProvider, .. Catalogue.Providers.Select(known => known.Slug)], Catalogue.AutoProvider);
        bool spot = Flag("spot");
        decimal? budget = Money("budget_limit");
        Disk();
        Text("ssh_key_id");
        Flag("auto_migrate");
        Flag("auto_spot_recovery");
        foreach (JsonProperty property in _body.EnumerateObject().Where(property => !s_known.Contains(property.Name)))
            Problems.Add(new FieldProblem(property.Name, "Extra inputs are not permitted", "extra_forbidden"));

        GpuType? type = gpu is null ? null : Catalogue.FindGpu(gpu);
        if (gpu is not null && type is null)
            Problems.Add(new FieldProblem("gpu", "Unknown GPU type '" + gpu + "'", "value_error"));
        if (image is not null && template is not null and not "custom")
            Problems.Add(new FieldProblem("docker_image", "docker_image requires template 'custom'", "value_error"));
        if (Problems.Count == 0)
            Order = new LaunchOrder(type!, template!, provider, region, spot, budget);
    }

    private string? Text(string field, bool required = false)
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

    private string OneOf(string field, string[] allowed, string fallback)
    {
        string? text = Text(field);
        if (text is null || allowed.Contains(text))
            return text ?? fallback;
        Problems.Add(new FieldProblem(field, "Input should be one of " + string.Join(", ", allowed), "enum"));
        return fallback;
    }

    private bool Flag(string field)
    {
        if (!TryGet(field, required: false, out JsonElement value))
            return false;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            Problems.Add(new FieldProblem(field, "Input should be a valid boolean", "bool_type"));
        return value.ValueKind == JsonValueKind.True;
    }

    private void Disk()
    {
        const string Field = "disk_size_gb";
        if (!TryGet(Field, required: false, out JsonElement value))
            return;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out long size))
            Problems.Add(new FieldProblem(Field, "Input should be a valid integer", "int_type"));
        else if (size < 1)
            Problems.Add(new FieldProblem(Field, "Input should be greater than or equal to 1", "greater_than_equal"));
    }

    private decimal? Money(string field)
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
    private bool TryGet(string field, bool required, out JsonElement value)
    {
        if (_body.TryGetProperty(field, out value))
            return required || value.ValueKind != JsonValueKind.Null;
        if (required)
            Problems.Add(new FieldProblem(field, "Field required", "missing"));
        return false;
    }
}
