namespace PulseRun.Views.Fleet;

/// <summary>Defines the columns of the live view, from left to right.</summary>
internal enum FleetColumn
{
    Id,
    Status,
    Gpu,
    Provider,
    Region,
    Load,
    Memory,
    Price,
    Verdict,
    Reason,
    Idle,
    Read,
}
