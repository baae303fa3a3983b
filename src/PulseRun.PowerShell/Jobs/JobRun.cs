using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using PulseRun.Core.Jobs;
using PulseRun.Core.Launch;

namespace PulseRun.PowerShell.Jobs;

/// <summary>Tracks what a job has tried: its launches, the instances that it ran on, and what they cost.</summary>
/// <param name="spec">The specification of the job; null for a job of another command.</param>
/// <param name="job">The job as it began.</param>
/// <param name="clock">Runs since the job began.</param>
internal sealed class JobRun(JobSpec? spec, JobRecord job, Stopwatch clock)
{
    private readonly List<JobAttempt> _attempts = [];
    private readonly HashSet<string> _counted = new(StringComparer.Ordinal);
    private decimal? _spent = 0;

    public Stopwatch Clock => clock;

    /// <summary>Gets or sets the instance that the job ran on last.</summary>
    public Instance? Instance { get; set; }

    /// <summary>Gets or sets whether a download while the command ran was complete. The pump sets it on any thread.</summary>
    public bool IsSynced { get; set; }

    /// <summary>Gets or sets why a lost job was not started again, as the end of a message; empty when that was no question.</summary>
    public string GaveUp { get; set; } = "";

    /// <summary>Adds the attempts of a launch that has ended.</summary>
    public void Add(LaunchTicket? ticket)
    {
        if (ticket is null)
            return;
        // A launch without alternatives has no attempts of its own.
        if (ticket.Attempts.Count == 0 && ticket.InstanceId is { } id)
            _attempts.Add(new JobAttempt { InstanceId = id, StartedAt = Began, Gpu = ticket.Request.Gpu, Region = ticket.Request.Region, Provider = ticket.Request.Provider, Spot = ticket.Request.Spot });
        _attempts.AddRange(ticket.Attempts.Select(static one => new JobAttempt
        {
            InstanceId = one.InstanceId ?? "",
            StartedAt = one.StartedAt,
            Outcome = one.ErrorId ?? "",
            Gpu = one.Gpu,
            Region = one.Region,
            Provider = one.Provider,
            Spot = one.Spot,
            Answer = one.Answer,
        }));
    }

    /// <summary>Gets or sets when the present launch began.</summary>
    public DateTimeOffset Began { get; set; } = job.CreatedAt;

    /// <summary>Records that an instance is lost, or that it was replaced by the server.</summary>
    public void Lost(Instance instance, DateTimeOffset now)
    {
        _spent = CostWith(instance, now, isRounded: false);
        End(instance, "Lost");
    }

    /// <summary>Records how the run on an instance ended, and returns all attempts.</summary>
    public IReadOnlyList<JobAttempt> End(Instance instance, string outcome)
    {
        int at = _attempts.FindLastIndex(one => one.InstanceId == instance.Id);
        JobAttempt before = at < 0 ? new JobAttempt { InstanceId = instance.Id, StartedAt = Began, Gpu = instance.Gpu ?? "", Spot = instance.Spot } : _attempts[at];
        JobAttempt ended = before.Ended(outcome);
        if (at < 0)
            _attempts.Add(ended);
        else
            _attempts[at] = ended;
        return [.. _attempts];
    }

    /// <summary>Returns what the instances of the job cost until now, in dollars; null when a price is unknown.</summary>
    public decimal? CostWith(Instance instance, DateTimeOffset now, bool isRounded = true)
    {
        decimal? cost = _spent;
        if (_counted.Add(instance.Id))
            cost = instance.CostPerHour is { } price && cost is { } spent ? spent + (price * (decimal)Math.Max(0, (now - Began).TotalHours)) : null;
        return cost is { } known && isRounded ? decimal.Round(known, 4) : cost;
    }

    /// <summary>Returns true when the limit of the launch may be what ended the instance: then another one would exceed it.</summary>
    public bool IsAtBudget(Instance instance, DateTimeOffset now) =>
        spec?.Ticket?.Request.BudgetLimit is { } limit && instance.CostPerHour is { } price && price * (decimal)(now - Began).TotalHours >= limit * 0.9m;
}
