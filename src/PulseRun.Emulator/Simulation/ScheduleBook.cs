using System;
using System.Collections.Generic;
using System.Linq;
using Cronos;

namespace PulseRun.Emulator.Simulation;

/// <summary>Contains the schedules, and runs them on the emulator's clock.</summary>
internal sealed class ScheduleBook(int seed, Fleet fleet)
{
    private const int KeptRuns = 1_000;

    private readonly List<SimulatedSchedule> _schedules = [];
    private long _sequence;
    private long _runs;

    public IReadOnlyList<SimulatedSchedule> All => _schedules;

    /// <summary>Gets the time at which the next run begins or ends; null without one.</summary>
    public DateTimeOffset? NextDue => _schedules.Count == 0 ? null : _schedules.Select(static schedule => Earlier(schedule.NextRun, schedule.Active?.EndsAt)).Where(static due => due is not null).DefaultIfEmpty(null).Min();

    public SimulatedSchedule Add(ScheduleOrder order, DateTimeOffset now)
    {
        long number = ++_sequence;
        var schedule = new SimulatedSchedule
        {
            Id = "sched_" + DeterministicRandom.Base36(10, seed, "schedule", number),
            Sequence = number,
            CreatedAt = now,
            Order = order,
            NextRun = Following(order, now),
        };
        _schedules.Add(schedule);
        return schedule;
    }

    public SimulatedSchedule? Find(string id) => _schedules.Find(schedule => schedule.Id == id);

    /// <summary>Replaces the values of a schedule. A run that is active keeps its limits.</summary>
    public static void Replace(SimulatedSchedule schedule, ScheduleOrder order, DateTimeOffset now)
    {
        schedule.Order = order;
        schedule.NextRun = Following(order, now);
    }

    /// <summary>Removes a schedule. The instance of an active run goes on.</summary>
    public void Remove(SimulatedSchedule schedule) => _schedules.Remove(schedule);

    /// <summary>Ends and begins the runs that are due.</summary>
    public void RunDue(DateTimeOffset at)
    {
        foreach (SimulatedSchedule schedule in _schedules)
        {
            if (schedule.Active is { } active && active.EndsAt <= at)
            {
                active.EndsAt = null;
                if (fleet.Find(active.InstanceId!) is { } instance && !InstanceStatus.IsFinal(instance.Status))
                    fleet.Enter(instance, InstanceStatus.Terminated, at);
            }
            if (schedule.NextRun <= at)
            {
                Begin(schedule, at);
                schedule.NextRun = Following(schedule.Order, at);
            }
        }
    }

    /// <summary>Ends the run of an instance that was terminated.</summary>
    public void OnEntered(SimulatedInstance instance, DateTimeOffset now)
    {
        if (!InstanceStatus.IsFinal(instance.Status))
            return;
        foreach (SimulatedSchedule schedule in _schedules)
        {
            if (schedule.Active is not { } run || run.InstanceId != instance.Id)
                continue;
            run.Status = "completed";
            run.EndedAt = now;
            run.Cost = instance.Spent;
            run.Reason = instance.Spent >= instance.BudgetLimit ? "max_cost" : run.Limit is { } limit && now >= run.StartedAt + limit ? "max_duration" : "terminated";
            run.EndsAt = null;
            schedule.Active = null;
        }
    }

    private void Begin(SimulatedSchedule schedule, DateTimeOffset at)
    {
        ScheduleOrder order = schedule.Order;
        var run = new SimulatedRun { Id = "run_" + DeterministicRandom.Base36(10, seed, "run", ++_runs), Sequence = _runs, StartedAt = at, Status = "failed", EndedAt = at };
        schedule.Runs.Add(run);
        if (schedule.Runs.Count > KeptRuns)
            schedule.Runs.RemoveAt(0);
        if (schedule.Active is not null)
        {
            run.Status = "skipped";
            run.Reason = "the previous run is still active";
            return;
        }
        if (fleet.Ledger.Balance == 0)
        {
            run.Reason = "Insufficient balance.";
            return;
        }
        Offer? offer = (order.Spot ? Offer(order, spot: true) : null) ?? Offer(order, spot: false);
        if (offer is null)
        {
            run.Reason = order.Gpu.Slug + " is not available.";
            return;
        }
        var launch = new LaunchOrder(order.Gpu, order.Template, Catalogue.AutoProvider, Catalogue.AnyRegion, offer.Spot, order.MaxCost);
        run.InstanceId = fleet.Launch(launch, offer, at).Id;
        run.Status = "running";
        run.EndedAt = null;
        run.Limit = order.MaxDurationHours is { } hours ? TimeSpan.FromHours(hours) : null;
        run.EndsAt = at + run.Limit;
        schedule.Active = run;
    }

    private Offer? Offer(ScheduleOrder order, bool spot) => fleet.Market.Cheapest(order.Gpu, Catalogue.AutoProvider, Catalogue.AnyRegion, spot);

    private static DateTimeOffset? Following(ScheduleOrder order, DateTimeOffset after) =>
        order.Times.GetNextOccurrence(after.UtcDateTime) is { } next ? new DateTimeOffset(next, TimeSpan.Zero) : null;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other : one;
}

/// <summary>Represents the valid values of a schedule.</summary>
internal sealed record ScheduleOrder(
    string Name, GpuType Gpu, string Template, string Cron, CronExpression Times, int? MaxDurationHours, decimal? MaxCost, bool Spot, string? DockerImage, string? StartupScript);

/// <summary>Represents one schedule.</summary>
internal sealed class SimulatedSchedule
{
    public required string Id { get; init; }

    public required long Sequence { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required ScheduleOrder Order { get; set; }

    public DateTimeOffset? NextRun { get; set; }

    /// <summary>Gets or sets the run whose instance is not terminated; null without one.</summary>
    public SimulatedRun? Active { get; set; }

    /// <summary>Gets the runs, oldest first.</summary>
    public List<SimulatedRun> Runs { get; } = [];
}

/// <summary>Represents one run of a schedule.</summary>
internal sealed class SimulatedRun
{
    public required string Id { get; init; }

    public required long Sequence { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required string Status { get; set; }

    public string? InstanceId { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public decimal? Cost { get; set; }

    public string? Reason { get; set; }

    /// <summary>Gets or sets the longest duration; null for no limit.</summary>
    public TimeSpan? Limit { get; set; }

    /// <summary>Gets or sets the time at which the limit ends the run; null without one.</summary>
    public DateTimeOffset? EndsAt { get; set; }
}
