using System;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cronos;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Simulation;

namespace PulseRun.Emulator.Resources;

/// <content>Schedules and their runs.</content>
internal static partial class Routes
{
    private static Endpoint[] Schedules() =>
    [
        new("GET", ApiPaths.Schedules, Traits.Objects | Traits.List | Traits.Dates, static it => ListJson.Write(it, "schedules", it.Automation.Schedules.All.Select(one => new ListRow(one.Sequence, one.CreatedAt, () => Write(one, it.Faults))))),
        new("POST", ApiPaths.Schedules, Traits.Objects | Traits.Acts | Traits.Dates, WithOrder(static (it, order) => new Reply(201, Write(it.Automation.Schedules.Add(order, it.Now), it.Faults)))),
        new("PUT", ApiPaths.Schedule, Traits.Objects | Traits.Acts | Traits.Dates, OnSchedule(static (it, schedule) => WithOrder((_, order) =>
        {
            ScheduleBook.Replace(schedule, order, it.Now);
            return new Reply(200, Write(schedule, it.Faults));
        })(it))),
        new("DELETE", ApiPaths.Schedule, Traits.Acts, OnSchedule(static (it, schedule) =>
        {
            it.Automation.Schedules.Remove(schedule);
            return new Reply(204);
        })),
        new("GET", ApiPaths.ScheduleRuns, Traits.Objects | Traits.List | Traits.Dates, OnSchedule(static (it, schedule) => ListJson.Write(it, "runs", schedule.Runs.Select(run => new ListRow(run.Sequence, run.StartedAt, () => Write(run, schedule, it)))))),
    ];

    private static Func<Exchange, Reply> OnSchedule(Func<Exchange, SimulatedSchedule, Reply> serve) => it =>
        it.Automation.Schedules.Find(it.Route.Id) is { } schedule ? serve(it, schedule) : Problem.Detail(404, "Schedule '" + it.Route.Id + "' not found.");

    private static Func<Exchange, Reply> WithOrder(Func<Exchange, ScheduleOrder, Reply> serve) => it =>
    {
        ScheduleBody? body = null;
        if (JsonFields.Read(it, json => body = new ScheduleBody(json)) is { } refused)
            return refused;
        return body!.Order is { } order ? serve(it, order) : Problem.Validation("body", body.Problems);
    };

    private static JsonObject Write(SimulatedSchedule schedule, FaultSet faults)
    {
        ScheduleOrder order = schedule.Order;
        var json = new JsonObject
        {
            ["id"] = schedule.Id,
            ["name"] = order.Name,
            ["gpu"] = order.Gpu.Slug,
            ["template"] = order.Template,
            ["cron"] = order.Cron,
            ["max_duration_hours"] = order.MaxDurationHours,
            ["max_cost"] = order.MaxCost,
            ["prefer_spot"] = order.Spot,
            ["docker_image"] = order.DockerImage,
            ["startup_script"] = order.StartupScript,
            ["next_run_at"] = Dates.Write(schedule.NextRun, faults),
            ["created_at"] = Dates.Write(schedule.CreatedAt, faults),
        };
        return InstanceJson.ChangeFields(json, faults);
    }

    private static JsonObject Write(SimulatedRun run, SimulatedSchedule schedule, Exchange it)
    {
        var json = new JsonObject
        {
            ["id"] = run.Id,
            ["schedule_id"] = schedule.Id,
            ["status"] = run.Status,
            ["instance_id"] = run.InstanceId,
            ["started_at"] = Dates.Write(run.StartedAt, it.Faults),
            ["ended_at"] = Dates.Write(run.EndedAt, it.Faults),
            ["cost"] = run.Cost ?? (run.InstanceId is { } id ? it.Fleet.Find(id)?.Spent : null),
            ["reason"] = run.Reason,
        };
        return InstanceJson.ChangeFields(json, it.Faults);
    }

    /// <summary>Reads the body of a schedule.</summary>
    private sealed class ScheduleBody : JsonFields
    {
        public ScheduleBody(JsonElement body)
            : base(body)
        {
            if (!IsObject)
                return;
            string? name = Text("name", required: true);
            string? gpu = Text("gpu", required: true);
            string? template = Text("template", required: true);
            string? cron = Text("cron", required: true);
            int? hours = Count("max_duration_hours");
            decimal? cost = Money("max_cost");
            bool spot = FlagOrNull("prefer_spot") ?? true;
            string? image = Text("docker_image");
            string? script = Text("startup_script");
            RefuseOthers(["name", "gpu", "template", "cron", "max_duration_hours", "max_cost", "prefer_spot", "docker_image", "startup_script"]);
            GpuType? type = gpu is null ? null : Catalogue.FindGpu(gpu);
            if (gpu is not null && type is null)
                Problems.Add(new FieldProblem("gpu", "Unknown GPU type '" + gpu + "'", "value_error"));
            if (image is not null && template is not null and not "custom")
                Problems.Add(new FieldProblem("docker_image", "docker_image requires template 'custom'", "value_error"));
            CronExpression? times = cron is null ? null : Parse(cron);
            if (Problems.Count == 0)
                Order = new ScheduleOrder(name!, type!, template!, cron!, times!, hours, cost, spot, image, script);
        }

        /// <summary>Gets the values; null when the body has errors.</summary>
        public ScheduleOrder? Order { get; }

        private CronExpression? Parse(string cron)
        {
            try
            {
                return CronExpression.Parse(cron, CronFormat.Standard);
            }
            catch (CronFormatException)
            {
                Problems.Add(new FieldProblem("cron", "Input should be a cron expression of five fields", "value_error"));
                return null;
            }
        }
    }
}
