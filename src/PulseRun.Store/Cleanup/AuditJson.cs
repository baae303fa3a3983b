using System.Text.Json.Serialization;
using PulseRun.Core.Cleanup;

namespace PulseRun.Store.Cleanup;

/// <summary>Serialises a line with source-generated code, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CleanupAuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
