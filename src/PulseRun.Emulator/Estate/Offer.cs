namespace PulseRun.Emulation.Estate;

internal sealed record Offer(GpuType Gpu, Provider Provider, string Region, bool Spot, decimal CostPerHour);
