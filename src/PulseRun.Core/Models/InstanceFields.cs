using System;

namespace PulseRun;

/// <summary>Specifies the fields of the API's instance object (docs/dev/api.md).</summary>
[Flags]
internal enum InstanceFields
{
    None = 0,
    Id = 1 << 0,
    Status = 1 << 1,
    Gpu = 1 << 2,
    GpuName = 1 << 3,
    Provider = 1 << 4,
    Region = 1 << 5,
    Ip = 1 << 6,
    SshCommand = 1 << 7,
    JupyterUrl = 1 << 8,
    CostPerHour = 1 << 9,
    Template = 1 << 10,
    Spot = 1 << 11,
    StartedAt = 1 << 12,
    CreatedAt = 1 << 13,
    All = (1 << 14) - 1,
}
