using System.Text.Json.Serialization;
using PulseRun.Core.Cleanup;

namespace PulseRun.Store.Cleanup;

/// <summary>How a line is written: generated code, no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CleanupAuditLine))]
internal sealed partial class AuditJson : JsonSerializerContext;
