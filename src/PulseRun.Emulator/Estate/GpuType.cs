namespace PulseRun.Emulation.Estate;

/// <param name="Slug">As in the API.</param>
/// <param name="Name">As people write it.</param>
/// <param name="BasePrice">Dollars per hour at the cheapest provider.</param>
internal sealed record GpuType(string Slug, string Name, decimal BasePrice);
