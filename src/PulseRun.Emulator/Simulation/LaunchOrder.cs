namespace PulseRun.Emulator.Simulation;

/// <summary>A launch that was found valid.</summary>
internal sealed record LaunchOrder(GpuType Gpu, string Template, string Provider, string Region, bool Spot, decimal? BudgetLimit);
