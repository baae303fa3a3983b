using System;
using System.Collections.Generic;
using System.Globalization;

namespace PulseRun.Emulator.Simulation;

/// <summary>Creates the initial instances. The first six have one of each relevant kind, whatever the seed is.</summary>
internal static class SeededFleet
{
    // Only one instance is at the provider that cannot stop; with more, every bulk stop would fail.
    private const int UnstoppableIndex = 4;

    private static readonly string[] s_templates = ["pytorch", "vllm", "comfyui", "jupyter", "pytorch", "tensorflow"];
    private static readonly string[] s_workloads = ["busy", "idle", "bursty", "busy", "busy", "silent"];
    private static readonly string[] s_gpus = ["a100_80gb", "rtx_4090", "h100_80gb", "l40s", "a100_40gb", "rtx_a6000", "rtx_3090", "h200_141gb"];

    public static IEnumerable<SimulatedInstance> Make(int count, int seed, DateTimeOffset now)
    {
        for (int i = 0; i < count; i++)
            yield return MakeOne(i, seed, now);
    }

    private static SimulatedInstance MakeOne(int index, int seed, DateTimeOffset now)
    {
        string name = "fleet" + index.ToString(CultureInfo.InvariantCulture);
        string id = "inst_" + DeterministicRandom.Base36(6 + (int)(DeterministicRandom.Hash(seed, name) % 10), seed, name, 1);
        Offer offer = PickOffer(index, seed, name);
        bool stopped = index % 6 == 3;
        // Start times have fractions of seconds, as with real providers. Instances are up to four days old and have been running for a part of that.
        DateTimeOffset created = now.AddSeconds(-DeterministicRandom.Between(7_200, 345_600, seed, name, 2));
        DateTimeOffset started = created.AddSeconds(DeterministicRandom.Between(20, 3_600, seed, name, 3));
        return new SimulatedInstance
        {
            Id = id,
            Sequence = index + 1,
            Gpu = offer.Gpu.Slug,
            GpuName = offer.Gpu.Name,
            Provider = offer.Provider.Slug,
            Region = offer.Region,
            Template = s_templates[index % s_templates.Length],
            Spot = offer.Spot,
            CostPerHour = offer.CostPerHour,
            CreatedAt = created,
            Connection = Connection.Make(seed, id),
            Status = stopped ? InstanceStatus.Stopped : InstanceStatus.Running,
            StartedAt = started,
            Workload = Workload.Parse(s_workloads[index % s_workloads.Length]),
            ChargedUntil = now,
        };
    }

    private static Offer PickOffer(int index, int seed, string name)
    {
        GpuType gpu = Catalogue.FindGpu(s_gpus[index % s_gpus.Length])!;
        if (index == UnstoppableIndex)
            return Catalogue.Cheapest(gpu, "lambda", "us", spot: false)!;
        string region = Catalogue.LaunchRegions[DeterministicRandom.Hash(seed, name, 4) % 2];
        string provider = Catalogue.Providers[DeterministicRandom.Hash(seed, name, 5) % 3].Slug;
        return Catalogue.Cheapest(gpu, provider, region, spot: DeterministicRandom.Unit(seed, name, 6) < 0.35)!;
    }
}
