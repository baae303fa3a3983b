using System;
using System.Text.Json;
using PulseRun.Emulation.Answers;
using PulseRun.Emulation.Estate;
using PulseRun.Emulation.Faults;
using PulseRun.Emulation.Http;
using PulseRun.Emulation.Workloads;

namespace PulseRun.Emulation.Resources;

/// <content>Instances and their metrics.</content>
internal static partial class Routes
{
    private static Endpoint[] Instances() =>
    [
        new("GET", ApiPaths.Instances, Traits.Instances | Traits.List | Traits.Dates, static it => ListJson.Write(it.Fleet.Machines, it.Call, it.Route, it.Faults, it.Now)),
        new("POST", ApiPaths.Instances, Traits.Instances | Traits.Acts | Traits.NeedsGpu | Traits.Dates, Launch),
        new("GET", ApiPaths.Instance, Traits.Instances | Traits.Dates, OnMachine(static (it, machine) => Answer(machine, it.Faults))),
        new("DELETE", ApiPaths.Instance, Traits.Instances | Traits.Acts | Traits.Dates, OnMachine(Terminate)),
        new("POST", ApiPaths.Stop, Traits.Instances | Traits.Acts | Traits.Dates, OnMachine(Stop)),
        new("POST", ApiPaths.Start, Traits.Instances | Traits.Acts | Traits.NeedsGpu | Traits.Dates, OnMachine(Start)),
        new("GET", ApiPaths.Metrics, Traits.Metrics, OnMachine(Metrics)),
    ];

    private static Func<Exchange, Reply> OnMachine(Func<Exchange, Machine, Reply> serve) => it =>
        it.Fleet.Find(it.Route.Id) is { } machine ? serve(it, machine) : Problem.Detail(404, "Instance '" + it.Route.Id + "' not found.");

    private static Reply Answer(Machine machine, FaultSet faults, int status = 200) => new(status, InstanceJson.Write(machine, faults));

    private static Reply Launch(Exchange it)
    {
        if (it.Call.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is not true)
            return Problem.Validation("body", [new FieldProblem(null, "Input should be JSON (Content-Type: application/json)", "model_attributes_type")]);
        if (it.Call.Body.Length > Call.MaxBody)
            return Problem.Detail(413, "The body is too large.");
        LaunchBody body;
        try
        {
            using JsonDocument json = JsonDocument.Parse(it.Call.Body);
            body = LaunchBody.Read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is half a surrogate pair in a string, which only shows when the string is taken.
            return Problem.Detail(400, "The body is not valid JSON.");
        }
        if (body.Order is not { } order)
            return Problem.Validation("body", body.Problems);
        if (it.Fleet.Ledger.Balance == 0)
            return Broke();
        if (Catalogue.Cheapest(order.Gpu, order.Provider, order.Region, order.Spot) is not { } offer)
        {
            return Problem.Detail(400, order.Gpu.Slug + (order.Spot ? " (spot)" : "") + " is not available from provider '"
                + order.Provider + "' in region '" + order.Region + "'.");
        }
        return Answer(it.Fleet.Launch(order, offer, it.Now), it.Faults, 201);
    }

    private static Reply Stop(Exchange it, Machine machine)
    {
        if (Catalogue.FindProvider(machine.Provider) is { CanStop: false })
            return Problem.Detail(400, "Provider '" + machine.Provider + "' does not support stopping instances.");
        if (!machine.Is(InstanceStatus.Running))
            return Conflict(machine, "stopped");
        it.Fleet.Stop(machine, it.Now);
        return Answer(machine, it.Faults);
    }

    private static Reply Start(Exchange it, Machine machine)
    {
        if (!machine.Is(InstanceStatus.Stopped))
            return Conflict(machine, "started");
        if (it.Fleet.Ledger.Balance == 0)
            return Broke();
        it.Fleet.Start(machine, it.Now);
        return Answer(machine, it.Faults);
    }

    private static Reply Terminate(Exchange it, Machine machine)
    {
        if (machine.Is(InstanceStatus.Terminated))
            return Problem.Detail(404, "Instance '" + machine.Id + "' not found.");
        it.Fleet.Enter(machine, InstanceStatus.Terminated, it.Now);
        return Answer(machine, it.Faults);
    }

    private static Reply Metrics(Exchange it, Machine machine)
    {
        if (!machine.Is(InstanceStatus.Running))
            return Problem.Detail(409, "Instance '" + machine.Id + "' is not running (" + machine.Status + ").");
        return machine.Workload.Read(new Moment(it.Seed, machine.Id, it.Elapsed)) is { } reading
            ? new Reply(200, MetricsJson.Write(reading, it.Now - (machine.StartedAt ?? it.Now), it.Faults))
            : Problem.Detail(404, "No metrics for instance '" + machine.Id + "'.");
    }

    private static Reply Conflict(Machine machine, string verb) =>
        Problem.Detail(409, "Instance '" + machine.Id + "' is " + machine.Status + " and cannot be " + verb + ".");

    private static Reply Broke() => Problem.Detail(402, "Insufficient balance.");
}
