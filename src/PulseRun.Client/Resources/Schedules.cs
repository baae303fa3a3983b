using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Client.Resources;
using PulseRun.Client.Schedules;
using PulseRun.Core.Client;
using PulseRun.Core.Schedules;
using Refit;

namespace PulseRun.Client;

/// <content>Schedules and their runs.</content>
internal static partial class Operations
{
    public static readonly Operation ListSchedules = new("GET", ApiPaths.Schedules, "Listing the schedules", ErrorIds.FeatureUnavailable, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation CreateSchedule = new("POST", ApiPaths.Schedules, "Creating the schedule", ErrorIds.FeatureUnavailable, Resend.OnlyIfUnsent, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation ReplaceSchedule = new("PUT", ApiPaths.Schedule, "Changing schedule {0}", ErrorIds.ScheduleNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation RemoveSchedule = new("DELETE", ApiPaths.Schedule, "Removing schedule {0}", ErrorIds.ScheduleNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);

    public static readonly Operation ListScheduleRuns = new("GET", ApiPaths.ScheduleRuns, "Listing the runs of schedule {0}", ErrorIds.ScheduleNotFound, Resend.AfterAnyFailure, AsksForGpu: false, Price: 1, IsTyped: false);
}

/// <content>Schedules and their runs.</content>
internal sealed partial class PulseRunClient
{
    private const int NextRuns = 3;

    private ISchedulesApi? _schedulesApi;
    private ResourceCalls<PulseRun.Schedule>? _schedules;
    private CronosCron? _cron;

    private ISchedulesApi SchedulesApi => _schedulesApi ??= RestService.ForGenerated<ISchedulesApi>(_http, Settings());

    private CronosCron Cron => _cron ??= new CronosCron();

    private ResourceCalls<PulseRun.Schedule> Schedules => _schedules ??= new(
        "schedule", Operations.ListSchedules, "The documentation lists schedules as a planned feature (\"Phase 3\").", _api, _executor, _redactor, _context,
        (cursor, attempt) => SchedulesApi.ListSchedules(cursor, attempt, attempt.Token), ReadSchedule, static schedule => schedule.Id);

    public Task<IReadOnlyList<PulseRun.Schedule>> GetSchedulesAsync(ICallObserver observer, CancellationToken cancel) => Schedules.ListAsync(observer, cancel);

    public Task RemoveScheduleAsync(string id, ICallObserver observer, CancellationToken cancel) =>
        Schedules.RemoveAsync(Operations.RemoveSchedule, id, attempt => SchedulesApi.RemoveSchedule(id, attempt, attempt.Token), observer, cancel);

    public Task<IReadOnlyList<ScheduleRun>> GetScheduleRunsAsync(string id, ICallObserver observer, CancellationToken cancel) => Schedules.ListOfAsync(
        Operations.ListScheduleRuns, id, "runs", (cursor, attempt) => SchedulesApi.ListScheduleRuns(id, cursor, attempt, attempt.Token), fields => ReadRun(fields, id), static run => run.Id, observer, cancel);

    public async Task<PulseRun.Schedule> SetScheduleAsync(string id, ScheduleRequest request, PulseRun.Schedule known, ICallObserver observer, CancellationToken cancel)
    {
        var answer = await Schedules.ReplaceAsync(Operations.ReplaceSchedule, id, attempt => SchedulesApi.ReplaceSchedule(id, Body(request), attempt, attempt.Token), observer, cancel);
        return Complete(answer is { } now && (now.Id.Length == 0 || now.Id == id) ? now : new PulseRun.Schedule { Origin = _context }, request, known);
    }

    /// <summary>Creates what creates schedules, each at most once.</summary>
    public IScheduleCreator CreateScheduleCreator(IScheduleJournal journal) => new ScheduleCreator(this, _clock, _time, _context, journal);

    /// <summary>Sends a schedule once and returns its outcome, as far as the answer shows it.</summary>
    /// <param name="request">The schedule, already checked.</param>
    /// <param name="intentId">The value of the Idempotency-Key header.</param>
    /// <param name="beforeSending">Called before each transmission. If it throws, the schedule is not sent.</param>
    /// <param name="observer">Receives notifications about requests and waits.</param>
    /// <param name="cancel">Cancels the wait for the answer.</param>
    internal async Task<ScheduleAnswer> SendScheduleAsync(ScheduleRequest request, string intentId, Action beforeSending, ICallObserver observer, CancellationToken cancel)
    {
        var call = _executor.NewCall(Operations.CreateSchedule, request.ToString(), observer, cancel, beforeSending);
        var reply = await _executor.TryAsync(
            call,
            attempt => SchedulesApi.CreateSchedule(Body(request), intentId, attempt, attempt.Token),
            (response, attempt) => ResourceBody.ReadIfPossibleAsync(response, attempt, _redactor));
        if (reply.Exception is null)
        {
            if (ResourceBody.One(reply.Result, "schedule") is { } fields && ReadSchedule(new ResourceFields(fields, _redactor)) is { Id.Length: > 0 } made)
                return new ScheduleAnswer(Complete(made, request, null), null, IsAnswered: true, MayExist: true);
            return new ScheduleAnswer(null, Failures.Malformed(call, "the server accepted it and did not say which schedule it is").Error, IsAnswered: false, MayExist: true);
        }
        if (reply.Exception is not RequestFailure failure)
            throw reply.Exception;
        return new ScheduleAnswer(null, failure.MayHaveCreated ? failure.Error : Schedules.Explain(failure.Error), failure.IsAnswered, failure.MayHaveCreated);
    }

    private static JsonContent Body(ScheduleRequest request) => JsonContent.Create(ScheduleWire.From(request), ApiJsonContext.Default.ScheduleWire);

    private PulseRun.Schedule ReadSchedule(ResourceFields fields)
    {
        string? script = fields.RawText("startup_script");
        string? image = fields.RawText("docker_image");
        string? cron = fields.Text("cron", "cron_expression");
        var hours = fields.Hours("max_duration_hours");
        var schedule = new PulseRun.Schedule
        {
            Id = fields.Text("id", "schedule_id") ?? "",
            Name = fields.Text("name"),
            Gpu = fields.Text("gpu", "gpu_type"),
            Template = fields.Text("template"),
            Cron = cron,
            MaxDuration = hours,
            MaxCost = fields.Money("max_cost"),
            Spot = fields.Flag("prefer_spot", "spot"),
            DockerImage = _redactor.ValueOrNull(image),
            StartupScript = Shown(script),
            NextRuns = Cron.Next(cron, _clock.Now, NextRuns),
            CreatedAt = fields.Date("created_at"),
            AdditionalProperties = fields.Rest(),
            Origin = _context,
            Raw = new ScheduleRequest { DockerImage = image, StartupScript = script },
        };
        return schedule;
    }

    /// <summary>Returns a script without secrets. Its line ends stay, as it would not be one script without them.</summary>
    private string? Shown(string? script) => script is null ? null : _redactor.Prose(script);

    private ScheduleRun ReadRun(ResourceFields fields, string scheduleId) => new()
    {
        Id = fields.Text("id", "run_id") ?? "",
        ScheduleId = fields.Text("schedule_id") ?? scheduleId,
        Status = fields.Text("status", "state"),
        InstanceId = fields.Text("instance_id") ?? fields.Inner("instance", "id"),
        StartedAt = fields.Date("started_at"),
        EndedAt = fields.Date("ended_at", "finished_at", "completed_at"),
        Cost = fields.Money("cost", "total_cost"),
        Reason = fields.Text("reason", "error", "message"),
        AdditionalProperties = fields.Rest(),
        Origin = _context,
    };

    /// <summary>Fills in what a short answer left out with what was sent, and with what was known before.</summary>
    private PulseRun.Schedule Complete(PulseRun.Schedule made, ScheduleRequest sent, PulseRun.Schedule? known)
    {
        string? cron = made.Cron ?? sent.Cron;
        return new PulseRun.Schedule
        {
            Id = made.Id.Length > 0 ? made.Id : known?.Id ?? "",
            Name = made.Name ?? sent.Name,
            Gpu = made.Gpu ?? sent.Gpu,
            Template = made.Template ?? sent.Template,
            Cron = cron,
            MaxDuration = made.MaxDuration ?? (sent.MaxDurationHours is { } hours ? TimeSpan.FromHours((double)hours) : null),
            MaxCost = made.MaxCost ?? sent.MaxCost,
            Spot = made.Spot ?? sent.Spot,
            DockerImage = made.DockerImage ?? _redactor.ValueOrNull(sent.DockerImage),
            StartupScript = made.StartupScript ?? Shown(sent.StartupScript),
            NextRuns = Cron.Next(cron, _clock.Now, NextRuns),
            CreatedAt = made.CreatedAt ?? known?.CreatedAt,
            AdditionalProperties = made.AdditionalProperties,
            Origin = made.Origin,
            Raw = new ScheduleRequest { DockerImage = made.Raw?.DockerImage ?? sent.DockerImage, StartupScript = made.Raw?.StartupScript ?? sent.StartupScript },
        };
    }
}

/// <summary>Represents the request body of a schedule (docs/dev/api.md).</summary>
internal sealed record ScheduleWire(
    string? Name,
    string? Gpu,
    string? Template,
    string? Cron,
    decimal? MaxDurationHours,
    decimal? MaxCost,
    bool? PreferSpot,
    string? DockerImage,
    string? StartupScript)
{
    public static ScheduleWire From(ScheduleRequest request) => new(
        request.Name,
        request.Gpu,
        request.Template,
        request.Cron,
        request.MaxDurationHours,
        request.MaxCost,
        request.Spot,
        request.DockerImage,
        request.StartupScript);
}

/// <summary>Declares the endpoints of schedules.</summary>
internal interface ISchedulesApi
{
    [Get(ApiPaths.Schedules)]
    Task ListSchedules(string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Post(ApiPaths.Schedules)]
    Task CreateSchedule([Body] HttpContent body, [Header("Idempotency-Key")] string intentId, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Put(ApiPaths.Schedule)]
    Task ReplaceSchedule(string id, [Body] HttpContent body, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Delete(ApiPaths.Schedule)]
    Task RemoveSchedule(string id, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);

    [Get(ApiPaths.ScheduleRuns)]
    Task ListScheduleRuns(string id, string? cursor, [Property(Attempt.Key)] Attempt attempt, CancellationToken cancel);
}
