using System.Text.Json.Serialization;

namespace PulseRun.Client.Wire;

/// <summary>What is written, by generated code.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LaunchWire))]
internal sealed partial class WireContext : JsonSerializerContext;
