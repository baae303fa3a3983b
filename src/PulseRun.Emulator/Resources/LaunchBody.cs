using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <summary>Parses the body of a launch and collects all errors in it.</summary>
internal sealed class LaunchBody : JsonFields
{
    private static readonly HashSet<string> s_known =
    [
        "gpu", "template", "docker_image", "disk_size_gb", "region", "spot", "ssh_key_id", "provider", "auto_migrate", "auto_spot_recovery", "budget_limit",
    ];

    private LaunchBody(JsonElement body)
        : base(body)
    {
    }

    /// <summary>Gets the order; null when the body has errors.</summary>
    public LaunchOrder? Order { get; private set; }

    public static LaunchBody Read(JsonElement body)
    {
        var read = new LaunchBody(body);
        if (read.IsObject)
            read.ReadAll();
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
        RefuseOthers(s_known);

        GpuType? type = gpu is null ? null : Catalogue.FindGpu(gpu);
        if (gpu is not null && type is null)
            Problems.Add(new FieldProblem("gpu", "Unknown GPU type '" + gpu + "'", "value_error"));
        if (image is not null && template is not null and not "custom")
            Problems.Add(new FieldProblem("docker_image", "docker_image requires template 'custom'", "value_error"));
        if (Problems.Count == 0)
            Order = new LaunchOrder(type!, template!, provider, region, spot, budget);
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
}
