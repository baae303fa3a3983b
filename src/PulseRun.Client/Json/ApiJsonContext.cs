using System.Text.Json.Serialization;

namespace PulseRun.Client.Json;

/// <summary>Contains the generated code that serializes the bodies of requests. Null properties are not sent.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LaunchWire))]
[JsonSerializable(typeof(AlertWire))]
[JsonSerializable(typeof(ScheduleWire))]
[JsonSerializable(typeof(WebhookWire))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
