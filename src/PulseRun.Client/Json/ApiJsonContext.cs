using System.Text.Json.Serialization;

namespace PulseRun.Client.Json;

/// <summary>What is written, by generated code.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LaunchWire))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
