using System;
using System.Collections;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Text;

namespace PulseRun;

/// <summary>Represents a schedule: the server launches an instance at each time of a cron expression.</summary>
/// <remarks>The service documents what it accepts, and not what it answers. A property that the server did not send is null.</remarks>
public sealed class Schedule
{
    private readonly PropertyBag _additional = PropertyBag.None;
    private readonly TextList<DateTimeOffset> _nextRuns = TextList<DateTimeOffset>.None;

    /// <summary>Gets the id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the name.</summary>
    public string? Name { get; init; }

    /// <summary>Gets the slug of the GPU type.</summary>
    public string? Gpu { get; init; }

    /// <summary>Gets the slug of the template.</summary>
    public string? Template { get; init; }

    /// <summary>Gets the cron expression: minute, hour, day, month and weekday.</summary>
    public string? Cron { get; init; }

    /// <summary>Gets the longest time that a run may take; null for no limit, or when the server did not send it.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>Gets the most that a run may cost, in dollars; null for no limit, or when the server did not send it.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>Gets a value that is true when runs use spot instances if possible. The server's default is true.</summary>
    public bool? Spot { get; init; }

    /// <summary>Gets the container image of the template <c>custom</c>.</summary>
    public string? DockerImage { get; init; }

    /// <summary>Gets the script that a run starts with. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public string? StartupScript { get; init; }

    /// <summary>Gets the next three times of the cron expression, if the server counts in UTC; none when the expression is not one that this module reads.</summary>
    public IReadOnlyList<DateTimeOffset> NextRuns { get => _nextRuns; init => _nextRuns = TextList<DateTimeOffset>.Of(value); }

    /// <summary>Gets the time at which the schedule was created (UTC).</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Gets all other properties that the server sent, by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get => _additional; init => _additional = PropertyBag.Of(value); }

    /// <summary>Gets the connection that the schedule was read with. It is internal, so that no formatter or serializer shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Gets the values as the server sent them, for an update that replaces the whole schedule. A redacted script must not be sent back.</summary>
    internal ScheduleRequest? Raw { get; init; }

    /// <summary>Returns the properties as texts that are the same in every culture: dates as ISO 8601 in UTC, numbers with a point. For files: <c>Get-PRSchedule | ForEach-Object ToRow | Export-Csv schedules.csv</c>.</summary>
    public IDictionary ToRow() => Row.Of(this);

    /// <summary>Returns the name, or the id of a schedule without one.</summary>
    public override string ToString() => Name ?? Id;
}

/// <summary>Represents the values of a schedule to create or to replace.</summary>
internal sealed record ScheduleRequest
{
    public string? Name { get; init; }

    public string? Gpu { get; init; }

    public string? Template { get; init; }

    public string? Cron { get; init; }

    /// <summary>Gets the longest time of a run in hours; null for no limit.</summary>
    public decimal? MaxDurationHours { get; init; }

    public decimal? MaxCost { get; init; }

    public bool? Spot { get; init; }

    public string? DockerImage { get; init; }

    public string? StartupScript { get; init; }

    /// <summary>Returns a short description for messages.</summary>
    public override string ToString() => CleanText.Clean(Name ?? "", 60);
}

/// <summary>Represents one run of a schedule.</summary>
public sealed class ScheduleRun
{
    private readonly PropertyBag _additional = PropertyBag.None;

    /// <summary>Gets the id.</summary>
    public string Id { get; init; } = "";

    /// <summary>Gets the id of the schedule.</summary>
    public string ScheduleId { get; init; } = "";

    /// <summary>Gets the state as the server writes it.</summary>
    public string? Status { get; init; }

    /// <summary>Gets the id of the launched instance; null when none was launched.</summary>
    public string? InstanceId { get; init; }

    /// <summary>Gets the time at which the run began (UTC).</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Gets the time at which the run ended (UTC); null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Gets the cost of the run, in dollars.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Gets why the run ended or failed, in the server's words.</summary>
    public string? Reason { get; init; }

    /// <summary>Gets all other properties that the server sent, by name. Keys and tokens are replaced by <c>[redacted]</c>.</summary>
    public IReadOnlyDictionary<string, object?> AdditionalProperties { get => _additional; init => _additional = PropertyBag.Of(value); }

    /// <summary>Gets the connection that the run was read with. It is internal, so that no formatter or serializer shows it.</summary>
    internal Context? Origin { get; init; }

    /// <summary>Returns the properties as texts that are the same in every culture: dates as ISO 8601 in UTC, numbers with a point. For files: <c>Get-PRScheduleRun nightly | ForEach-Object ToRow | Export-Csv runs.csv</c>.</summary>
    public IDictionary ToRow() => Row.Of(this);

    /// <summary>Returns the id.</summary>
    public override string ToString() => Id;
}

/// <content>Schedules and their runs.</content>
internal static partial class ApiPaths
{
    public const string Schedules = "/v1/schedules";
    public const string Schedule = "/v1/schedules/{id}";
    public const string ScheduleRuns = "/v1/schedules/{id}/runs";
}

/// <content>Schedules and their runs.</content>
internal partial interface IPulseRunClient
{
    /// <summary>Reads all schedules, in the server's order.</summary>
    Task<IReadOnlyList<Schedule>> GetSchedulesAsync(ICallObserver observer, CancellationToken cancel);

    /// <summary>Replaces a schedule, and returns it as it is afterwards.</summary>
    /// <param name="id">The id.</param>
    /// <param name="request">All values of the schedule.</param>
    /// <param name="known">The schedule as last seen. It fills in what a short answer leaves out.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the call.</param>
    Task<Schedule> SetScheduleAsync(string id, ScheduleRequest request, Schedule known, ICallObserver observer, CancellationToken cancel);

    /// <summary>Removes a schedule. One that is gone already after an earlier attempt is a success.</summary>
    Task RemoveScheduleAsync(string id, ICallObserver observer, CancellationToken cancel);

    /// <summary>Reads the runs of a schedule, in the server's order.</summary>
    Task<IReadOnlyList<ScheduleRun>> GetScheduleRunsAsync(string id, ICallObserver observer, CancellationToken cancel);
}
