using System;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <content>Instances and their metrics.</content>
internal static partial class Routes
{
    private static Endpoint[] Instances() =>
    [
        new("GET", ApiPaths.Instances, Traits.Instances | Traits.List | Traits.Dates, ListJson.Instances),
        new("POST", ApiPaths.Instances, Traits.Instances | Traits.Acts | Traits.NeedsGpu | Traits.Dates, Launch),
        new("GET", ApiPaths.Instance, Traits.Instances | Traits.Dates, OnMachine(static (it, instance) => Answer(instance, it.Faults))),
        new("DELETE", ApiPaths.Instance, Traits.Instances | Traits.Acts | Traits.Dates, OnMachine(Terminate)),
        new("POST", ApiPaths.Stop, Traits.Instances | Traits.Acts | Traits.Dates, OnMachine(Stop)),
        new("POST", ApiPaths.Start, Traits.Instances | Traits.Acts | Traits.NeedsGpu | Traits.Dates, OnMachine(Start)),
        new("GET", ApiPaths.Metrics, Traits.Metrics, OnMachine(Metrics)),
    ];

    private static Func<Exchange, Reply> OnMachine(Func<Exchange, SimulatedInstance, Reply> serve) => it =>
        it.Fleet.Find(it.Route.Id) is { } instance ? serve(it, instance) : Problem.Detail(404, "Instance '" + it.Route.Id + "' not found.");

    private static Reply Answer(SimulatedInstance instance, FaultSet faults, int status = 200) => new(status, InstanceJson.Write(instance, faults));

    private static Reply Launch(Exchange it)
    {
        LaunchBody? read = null;
        if (JsonFields.Read(it, json => read = LaunchBody.Read(json)) is { } refused)
            return refused;
        LaunchBody body = read!;
        if (body.Order is not { } order)
            return Problem.Validation("body", body.Problems);
        if (it.Fleet.Ledger.Balance == 0)
            return Broke();
        if (it.Fleet.Market.Cheapest(order.Gpu, order.Provider, order.Region, order.Spot) is not { } offer)
        {
            return Problem.Detail(400, order.Gpu.Slug + (order.Spot ? " (spot)" : "") + " is not available from provider '"
                + order.Provider + "' in region '" + order.Region + "'.");
        }
        return Answer(it.Fleet.Launch(order, offer, it.Now), it.Faults, 201);
    }

    private static Reply Stop(Exchange it, SimulatedInstance instance)
    {
        if (Catalogue.FindProvider(instance.Provider) is { CanStop: false })
            return Problem.Detail(400, "Provider '" + instance.Provider + "' does not support stopping instances.");
        if (!instance.Is(InstanceStatus.Running))
            return Conflict(instance, "stopped");
        it.Fleet.Stop(instance, it.Now);
        return Answer(instance, it.Faults);
    }

    private static Reply Start(Exchange it, SimulatedInstance instance)
    {
        if (!instance.Is(InstanceStatus.Stopped))
            return Conflict(instance, "started");
        if (it.Fleet.Ledger.Balance == 0)
            return Broke();
        it.Fleet.Start(instance, it.Now);
        return Answer(instance, it.Faults);
    }

    private static Reply Terminate(Exchange it, SimulatedInstance instance)
    {
        if (instance.Is(InstanceStatus.Terminated))
            return Problem.Detail(404, "Instance '" + instance.Id + "' not found.");
        it.Fleet.Enter(instance, InstanceStatus.Terminated, it.Now);
        return Answer(instance, it.Faults);
    }

    private static Reply Metrics(Exchange it, SimulatedInstance instance)
    {
        if (!instance.Is(InstanceStatus.Running))
            return Problem.Detail(409, "Instance '" + instance.Id + "' is not running (" + instance.Status + ").");
        return instance.Workload.Read(new WorkloadTick(it.Seed, instance.Id, it.Elapsed)) is { } reading
            ? new Reply(200, MetricsJson.Write(reading, it.Now - (instance.StartedAt ?? it.Now), it.Faults))
            : Problem.Detail(404, "No metrics for instance '" + instance.Id + "'.");
    }

    private static Reply Conflict(SimulatedInstance instance, string verb) =>
        Problem.Detail(409, "Instance '" + instance.Id + "' is " + instance.Status + " and cannot be " + verb + ".");

    private static Reply Broke() => Problem.Detail(402, "Insufficient balance.");
}
