namespace PulseRun.Emulation.Estate;

/// <param name="Slug">As in the API.</param>
/// <param name="PriceFactor">Times the base price.</param>
/// <param name="HasSpot">Whether it has spot instances.</param>
/// <param name="CanStop">Whether its instances can be stopped; else they are running or gone.</param>
/// <param name="HasConsumerGpus">Whether it rents GeForce cards.</param>
/// <param name="Regions">Where, the preferred one first.</param>
internal sealed record Provider(string Slug, decimal PriceFactor, bool HasSpot, bool CanStop, bool HasConsumerGpus, string[] Regions);
