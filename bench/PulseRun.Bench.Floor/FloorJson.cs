using System.Text.Json.Serialization;

namespace PulseRun.Bench.Floor;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ListAnswer))]
[JsonSerializable(typeof(InstanceRow))]
internal sealed partial class FloorJson : JsonSerializerContext;
