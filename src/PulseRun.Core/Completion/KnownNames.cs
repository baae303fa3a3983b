using System.Collections.Generic;
using System.Linq;

namespace PulseRun.Core.Completion;

/// <summary>Contains the names that the API documents, each with a description. The service may accept others, so no value is refused because it is missing here.</summary>
internal static class KnownNames
{
    public static readonly IReadOnlyList<(string Value, string About)> Gpus =
        [("a100_80gb", "NVIDIA A100 80GB"), ("h100_80gb", "NVIDIA H100 80GB"), ("rtx_4090", "NVIDIA RTX 4090")];

    public static readonly IReadOnlyList<(string Value, string About)> Templates =
        [("custom", "an image of your own, with -DockerImage"), ("pytorch", "pytorch")];

    public static readonly IReadOnlyList<(string Value, string About)> Providers = [("vast_ai", "vast_ai")];

    public static readonly IReadOnlyList<(string Value, string About)> Regions = [("us-east", "us-east")];

    /// <summary>Returns the known names of a field's values.</summary>
    public static IReadOnlyList<string> Of(CompletionField field) => field switch
    {
        CompletionField.Status => InstanceStatus.Known,
        CompletionField.Gpu => Names(Gpus),
        CompletionField.Template => Names(Templates),
        CompletionField.Provider => Names(Providers),
        _ => Names(Regions),
    };

    private static List<string> Names(IReadOnlyList<(string Value, string About)> names) => names.Select(static one => one.Value).ToList();
}
