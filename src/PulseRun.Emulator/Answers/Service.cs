using System;
using System.Text.Json;
using PulseRun.Emulation.Estate;
using PulseRun.Emulation.Faults;
using PulseRun.Emulation.Http;
using PulseRun.Emulation.Workloads;

namespace PulseRun.Emulation.Answers;

/// <summary>Does what a request asks for, or says why not. Not safe by itself: the cloud holds a lock.</summary>
internal sealed class Service(Fleet fleet, int seed, DateTimeOffset start)
{
    public bool AllowBilling { get; set; } = true;

    public Reply Serve(Call call, Route route, FaultSet faults, DateTimeOffset now)
    {
        switch (route.Operation)
        {
            case Operation.Launch:
                return Launch(call, faults, now);
            case Operation.List:
                return ListJson.Write(fleet.Machines, call, route, faults, now);
            case Operation.Balance or Operation.Transactions when !AllowBilling:
                return Problem.Detail(403, "This API key lacks the 'billing' permission.");
            case Operation.Balance:
                return BillingJson.Balance(fleet.Ledger);
            case Operation.Transactions:
                return BillingJson.Transactions(fleet.Ledger, route, faults);
        }
        if (fleet.Find(route.Id) is not { } machine)
            return Problem.Detail(404, "Instance '" + route.Id + "' not found.");
        return route.Operation switch
        {
            Operation.Stop => Stop(machine, faults, now),
            Operation.Start => Start(machine, faults, now),
            Operation.Terminate => Terminate(machine, faults, now),
            Operation.Metrics => Metrics(machine, faults, now),
            _ => Answer(machine, faults),
        };
    }

    private static Reply Answer(Machine machine, FaultSet faults, int status = 200) => new(status, InstanceJson.Write(machine, faults));

    private Reply Launch(Call call, FaultSet faults, DateTimeOffset now)
    {
        if (call.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is not true)
            return Problem.Validation("body", [new FieldProblem(null, "Input should be JSON (Content-Type: application/json)", "model_attributes_type")]);
        if (call.Body.Length > Call.MaxBody)
            return Problem.Detail(413, "The body is too large.");
        LaunchBody body;
        try
        {
            using JsonDocument json = JsonDocument.Parse(call.Body);
            body = LaunchBody.Read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter is half a surrogate pair in a string, which only shows when the string is taken.
            return Problem.Detail(400, "The body is not valid JSON.");
        }
        if (body.Order is not { } order)
            return Problem.Validation("body", body.Problems);
        if (fleet.Ledger.Balance == 0)
            return Broke();
        if (Catalogue.Cheapest(order.Gpu, order.Provider, order.Region, order.Spot) is not { } offer)
        {
            return Problem.Detail(400, order.Gpu.Slug + (order.Spot ? " (spot)" : "") + " is not available from provider '"
                + order.Provider + "' in region '" + order.Region + "'.");
        }
        return Answer(fleet.Launch(order, offer, now), faults, 201);
    }

    private Reply Stop(Machine machine, FaultSet faults, DateTimeOffset now)
    {
        if (Catalogue.FindProvider(machine.Provider) is { CanStop: false })
            return Problem.Detail(400, "Provider '" + machine.Provider + "' does not support stopping instances.");
        if (!machine.Is(InstanceStatus.Running))
            return Conflict(machine, "stopped");
        fleet.Stop(machine, now);
        return Answer(machine, faults);
    }

    private Reply Start(Machine machine, FaultSet faults, DateTimeOffset now)
    {
        if (!machine.Is(InstanceStatus.Stopped))
            return Conflict(machine, "started");
        if (fleet.Ledger.Balance == 0)
            return Broke();
        fleet.Start(machine, now);
        return Answer(machine, faults);
    }

    private Reply Terminate(Machine machine, FaultSet faults, DateTimeOffset now)
    {
        if (machine.Is(InstanceStatus.Terminated))
            return Problem.Detail(404, "Instance '" + machine.Id + "' not found.");
        fleet.Enter(machine, InstanceStatus.Terminated, now);
        return Answer(machine, faults);
    }

    private Reply Metrics(Machine machine, FaultSet faults, DateTimeOffset now)
    {
        if (!machine.Is(InstanceStatus.Running))
            return Problem.Detail(409, "Instance '" + machine.Id + "' is not running (" + machine.Status + ").");
        return machine.Workload.Read(new Moment(seed, machine.Id, now - start)) is { } reading
            ? new Reply(200, MetricsJson.Write(reading, now - (machine.StartedAt ?? now), faults))
            : Problem.Detail(404, "No metrics for instance '" + machine.Id + "'.");
    }

    private static Reply Conflict(Machine machine, string verb) =>
        Problem.Detail(409, "Instance '" + machine.Id + "' is " + machine.Status + " and cannot be " + verb + ".");

    private static Reply Broke() => Problem.Detail(402, "Insufficient balance.");
}
