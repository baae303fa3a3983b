namespace PulseRun.Emulator.Simulation;

/// <summary>Represents a valid launch.</summary>
internal sealed record LaunchOrder(GpuType Gpu, string Template, string Provider, string Region, bool Spot, decimal? BudgetLimit);
