using System;

namespace PulseRun.Bench.Floor;

/// <summary>The instance object of api.md section 3, as plain as it can be typed.</summary>
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
