using System;

namespace PulseRun.Bench.Floor;

/// <summary>Represents the API's instance object (docs/dev/api.md) with the simplest possible types.</summary>
internal sealed record InstanceRow(
    string Id,
    string Status,
    string? Gpu,
    string? GpuName,
    string? Provider,
    string? Region,
    string? Ip,
    string? SshCommand,
    string? JupyterUrl,
    decimal? CostPerHour,
    string? Template,
    bool? Spot,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CreatedAt);
