using System;
using PulseRun.Emulator.Ssh;

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
    public Connection? Reachable => !IsReachable ? null : Ssh?.CommandFor(Id) is { } command ? Connection with { Ip = "127.0.0.1", SshCommand = command } : Connection;

    /// <summary>Gets a value that is true while the instance can be reached.</summary>
    public bool IsReachable => Is(InstanceStatus.Running) || Is(InstanceStatus.Stopping);

    /// <summary>Gets or sets the ssh server that the ssh command points to; null when nothing answers there.</summary>
    public SshServer? Ssh { get; set; }

    public Instance ToInstance() => ToInstance(Reachable);

    private Instance ToInstance(Connection? reachable) => new()
    {
        Id = Id,
        Status = Status,
        Gpu = Gpu,
        GpuName = GpuName,
        Provider = Provider,
        Region = Region,
        Ip = reachable?.Ip,
        SshCommand = reachable?.SshCommand,
        JupyterUrl = reachable?.JupyterUrl,
        CostPerHour = CostPerHour,
        Template = Template,
        Spot = Spot,
        StartedAt = StartedAt,
        CreatedAt = CreatedAt,
    };
}
