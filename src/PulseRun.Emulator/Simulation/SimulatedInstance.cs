using System;

namespace PulseRun.Emulator.Simulation;

/// <summary>Represents the true state of one instance. Access requires the emulator's lock.</summary>
internal sealed class SimulatedInstance
{
    public required string Id { get; init; }

    /// <summary>Gets the permanent position in the list, which cursors refer to.</summary>
    public required long Sequence { get; init; }

    public required string Gpu { get; init; }

    public required string GpuName { get; init; }

    public required string Provider { get; init; }

    public required string Region { get; init; }

    public required string Template { get; init; }

    public required bool Spot { get; init; }

    public required decimal CostPerHour { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required Connection Connection { get; init; }

    public decimal? BudgetLimit { get; init; }

    public required string Status { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public required Workload Workload { get; set; }

    /// <summary>Gets the state that the instance is changing to and the time at which it reaches it; null without a change.</summary>
    public (string Status, DateTimeOffset At)? Next { get; set; }

    public DateTimeOffset? TerminatedAt { get; set; }

    public decimal Spent { get; set; }

    public required DateTimeOffset ChargedUntil { get; set; }

    public bool Is(string status) => InstanceStatus.Is(Status, status);

    /// <summary>Gets the addresses while the instance can be reached; null otherwise.</summary>
    public Connection? Reachable => Is(InstanceStatus.Running) || Is(InstanceStatus.Stopping) ? Connection : null;

    public Instance ToInstance() => new()
    {
        Id = Id,
        Status = Status,
        Gpu = Gpu,
        GpuName = GpuName,
        Provider = Provider,
        Region = Region,
        Ip = Reachable?.Ip,
        SshCommand = Reachable?.SshCommand,
        JupyterUrl = Reachable?.JupyterUrl,
        CostPerHour = CostPerHour,
        Template = Template,
        Spot = Spot,
        StartedAt = StartedAt,
        CreatedAt = CreatedAt,
    };
}
