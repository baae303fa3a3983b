using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Launch;
using PulseRun.Core.Schedules;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Client.Tests.Schedules;

/// <summary>Tests that a schedule is created at most once, whatever becomes of the answers.</summary>
public sealed class ScheduleCreatorTests(ITestOutputHelper output) : IDisposable
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(4);

    private readonly LaunchRig _rig = new();

    private IScheduleJournal Journal => _rig.Store.Schedules;

    private int Posts => _rig.Sent.Count(static line => line == "POST /v1/schedules");

    private int Lists => _rig.Sent.Count(static line => line.StartsWith("GET /v1/schedules", StringComparison.Ordinal));

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task ASchedule_CostsOneListAndOnePost_WithTheIntentAsKey()
    {
        var made = await CreateAsync();
        Assert.Equal(("nightly", true, TimeSpan.FromHours(4), 10m), (made.Name, made.Spot, made.MaxDuration, made.MaxCost));
        Assert.Equal((1, 1), (Posts, Lists));
        Assert.True(Guid.TryParse(_rig.Emulator.Requests.Single(static one => one.Method == "POST").IdempotencyKey, out _));
        Assert.Empty(Journal.Open(_rig.Context.Account));
        Assert.Equal([made.Id], Journal.Claimed(_rig.Context.Account));
    }

    [Fact]
    public async Task AnExistingName_IsRefusedBeforeAnythingIsSent()
    {
        await CreateAsync();
        var error = await FailAsync(Request("NIGHTLY") with { Gpu = "rtx_4090" });
        Assert.Equal(ErrorIds.Conflict, error.ErrorId);
        Assert.Equal(1, Posts);
    }

    [Theory]
    [InlineData(EmulatorFaultKind.ServerErrorAfterEffect)]
    [InlineData(EmulatorFaultKind.CutBeforeAnswer)]
    [InlineData(EmulatorFaultKind.HalfAnswer)]
    [InlineData(EmulatorFaultKind.NotJson)]
    [InlineData(EmulatorFaultKind.EmptyAnswer)]
    public async Task ALostAnswerAfterTheEffect_IsAdopted(EmulatorFaultKind kind)
    {
        Fault(kind, static fault => fault.AfterEffect = true);
        var made = await CreateAsync();
        Assert.Equal([made.Id], await ListedAsync());
        Assert.Equal(1, Posts);
        Assert.Contains("adopted " + made.Id, Assert.Single(_rig.Observer.Warnings));
        Assert.Empty(Journal.Open(_rig.Context.Account));
    }

    [Fact]
    public async Task AnAdoptionWaitsForAListThatLags()
    {
        Fault(EmulatorFaultKind.ServerErrorAfterEffect);
        Fault(EmulatorFaultKind.ListLag, static fault =>
        {
            fault.Method = "GET";
            fault.Duration = TimeSpan.FromSeconds(3);
        });
        var made = await CreateAsync();
        Assert.Equal(1, Posts);
        Assert.NotEmpty(made.Id);
    }

    [Fact]
    public async Task AnErrorBeforeTheEffect_IsProvenAfterTheSettleTime()
    {
        Fault(EmulatorFaultKind.ServerError, static fault => fault.Times = 1);
        var error = await FailAsync();
        Assert.Equal(ErrorIds.ServerError, error.ErrorId);
        Assert.Contains("It was not created", error.Message);
        Assert.Empty(Journal.Open(_rig.Context.Account));
        Assert.NotEmpty((await CreateAsync()).Id);
        Assert.Equal(2, Posts);
    }

    [Fact]
    public async Task ACutBeforeTheEffect_IsUnknown_UntilTheServerMustBeDone()
    {
        Fault(EmulatorFaultKind.CutBeforeAnswer, static fault => fault.Times = 1);
        var error = await FailAsync();
        Assert.Equal(ErrorIds.ScheduleOutcomeUnknown, error.ErrorId);
        Assert.Single(Journal.Open(_rig.Context.Account));
        // The next creation waits for the proof, and only then sends.
        Assert.NotEmpty((await CreateAsync()).Id);
        Assert.Equal(2, Posts);
        Assert.Single(await ListedAsync());
        Assert.Empty(Journal.Open(_rig.Context.Account));
    }

    [Fact]
    public async Task ALateEffect_IsAdoptedByTheNextCommand()
    {
        // The connection breaks at once, and the server is done 20 seconds later: after the command has given up.
        Fault(EmulatorFaultKind.CutBeforeAnswer, static fault => fault.AfterEffect = true);
        Fault(EmulatorFaultKind.ListLag, static fault =>
        {
            fault.Method = "GET";
            fault.Duration = TimeSpan.FromSeconds(20);
        });
        Assert.Equal(ErrorIds.ScheduleOutcomeUnknown, (await FailAsync()).ErrorId);
        var made = await CreateAsync();
        Assert.Equal(1, Posts);
        Assert.Contains(_rig.Observer.Warnings, line => line.Contains("An earlier command created") && line.Contains(made.Id));
    }

    [Fact]
    public async Task ARunningCommandWithTheSameName_IsNotOvertaken()
    {
        // As if another runspace of this process were sending it now.
        var other = Record(Request());
        Assert.Null(Journal.Begin(_rig.Context.Account, other));
        Assert.Equal(ErrorIds.Conflict, (await FailAsync()).ErrorId);
        Assert.Equal(0, Posts);
        Journal.Release(other.IntentId);
        // It was never marked as sent, so it provably was not.
        Assert.NotEmpty((await CreateAsync()).Id);
    }

    [Fact]
    public async Task TwoCandidates_AreUnknown_AndNothingIsSent()
    {
        await LeftAsync(Request());
        await AddAsync("nightly");
        await AddAsync("nightly");
        var error = await FailAsync();
        Assert.Equal(ErrorIds.ScheduleOutcomeUnknown, error.ErrorId);
        Assert.All(await ListedAsync(), id => Assert.Contains(id, error.Message));
        Assert.Equal(2, Posts);
    }

    [Fact]
    public async Task AnEqualScheduleThatWasThereBefore_IsNotAdopted()
    {
        // Another name in the way: the same GPU, template and cron, and it existed before the request.
        await AddAsync("weekly");
        Fault(EmulatorFaultKind.ServerError, static fault => fault.Times = 1);
        Assert.Contains("It was not created", (await FailAsync()).Message);
    }

    [Fact]
    public async Task CtrlC_LeavesTheIntentOpen_AndTheNextCommandFindsIt()
    {
        Fault(EmulatorFaultKind.Hang, static fault => fault.AfterEffect = true);
        using var stop = new CancellationTokenSource();
        var running = Creator.CreateAsync(Request(), s_settle, _rig.Observer, stop.Token);
        for (int i = 0; i < 1000 && Posts == 0; i++)
            await Task.Delay(5);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _rig.RunAsync(running));
        _rig.Emulator.ClearFaults();
        var made = await CreateAsync();
        Assert.Equal([made.Id], await ListedAsync());
        Assert.Equal(1, Posts);
    }

    [Fact]
    public async Task AJournalThatFails_PreventsTheRequest()
    {
        _rig.Store.Dispose();
        System.IO.File.WriteAllText(_rig.Folder, "a file is where the folder should be");
        try
        {
            using var store = PulseRun.Store.StoreFactory.Open(_rig.Folder);
            var creator = _rig.Client.CreateScheduleCreator(store.Schedules);
            var error = await Assert.ThrowsAsync<PulseRunException>(() => _rig.RunAsync(creator.CreateAsync(Request(), s_settle, _rig.Observer, default)));
            Assert.Equal(ErrorIds.JournalUnavailable, error.ErrorId);
            Assert.Equal(0, Posts);
        }
        finally
        {
            System.IO.File.Delete(_rig.Folder);
        }
    }

    /// <summary>Loses answers before and after the effect, with lists that lag, are cut or fail. Each name is created again until it succeeds. PULSERUN_LOST_ANSWERS sets how many answers are lost.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task LostAnswers_NeverGiveTwo(int seed)
    {
        int wanted = int.TryParse(Environment.GetEnvironmentVariable("PULSERUN_LOST_ANSWERS"), NumberStyles.None, CultureInfo.InvariantCulture, out int many) ? many : 12;
        var random = new Random(seed);
        int lost = 0, adopted = 0, unknown = 0, notCreated = 0, names = 0;
        while (lost < wanted)
        {
            string name = "job-" + (++names).ToString(CultureInfo.InvariantCulture);
            PulseRun.Schedule? made = null;
            for (int attempt = 0; made is null && attempt < 20; attempt++)
            {
                _rig.Emulator.ClearFaults();
                EmulatorFaultKind kind = random.Next(6) switch
                {
                    0 => EmulatorFaultKind.ServerError,
                    1 => EmulatorFaultKind.ServerErrorAfterEffect,
                    2 => EmulatorFaultKind.CutBeforeAnswer,
                    3 => EmulatorFaultKind.HalfAnswer,
                    4 => EmulatorFaultKind.HtmlError,
                    _ => EmulatorFaultKind.NotJson,
                };
                Fault(kind, fault =>
                {
                    fault.AfterEffect = random.Next(2) == 0;
                    fault.Status = kind == EmulatorFaultKind.HtmlError ? 504 : null;
                    fault.Probability = 0.8;
                });
                if (random.Next(2) == 0)
                    Fault(EmulatorFaultKind.ListLag, fault => (fault.Method, fault.Duration) = ("GET", TimeSpan.FromSeconds(random.Next(1, 4))));
                if (random.Next(5) == 0)
                    Fault(random.Next(2) == 0 ? EmulatorFaultKind.ListCut : EmulatorFaultKind.NotJson, fault => (fault.Method, fault.Probability) = ("GET", 0.3));
                int before = _rig.Observer.Warnings.Count;
                try
                {
                    made = await CreateAsync(Request(name));
                    adopted += _rig.Observer.Warnings.Count > before ? 1 : 0;
                    lost += _rig.Observer.Warnings.Count > before ? 1 : 0;
                }
                catch (PulseRunException error)
                {
                    unknown += error.ErrorId == ErrorIds.ScheduleOutcomeUnknown ? 1 : 0;
                    notCreated += error.Message.Contains("It was not created") ? 1 : 0;
                    lost += error.ErrorId == ErrorIds.ScheduleOutcomeUnknown || error.Message.Contains("It was not created") ? 1 : 0;
                    // A name that exists is the end of it, too: the answer is lost, and the schedule is there.
                    if (error.ErrorId == ErrorIds.Conflict)
                        break;
                }
            }
        }
        _rig.Emulator.ClearFaults();
        var all = await _rig.RunAsync(_rig.Client.GetSchedulesAsync(_rig.Observer, default));
        output.WriteLine($"{names} names, {all.Count} schedules, {lost} lost answers: {adopted} adopted, {unknown} unknown, {notCreated} not created; {Posts} requests");
        Assert.Equal(all.Count, all.Select(static one => one.Name).Distinct().Count());
        Assert.InRange(adopted, 1, int.MaxValue);
        Assert.InRange(notCreated + unknown, 1, int.MaxValue);
    }

    private IScheduleCreator Creator => _rig.Client.CreateScheduleCreator(Journal);

    private static ScheduleRequest Request(string name = "nightly") => new()
    {
        Name = name,
        Gpu = "h100_80gb",
        Template = "pytorch",
        Cron = "0 2 * * *",
        MaxDurationHours = 4,
        MaxCost = 10,
        Spot = true,
    };

    private ScheduleRecord Record(ScheduleRequest request) => new()
    {
        IntentId = Guid.NewGuid(),
        Request = request,
        RequestedAt = _rig.Time.GetUtcNow(),
        RequestTimeout = _rig.Context.Timeout,
        Before = [],
        OwnerState = OwnerState.Alive,
    };

    /// <summary>Records a schedule that was sent by a command that ended before the answer.</summary>
    private async Task LeftAsync(ScheduleRequest request)
    {
        // The server's clock is known from an answer.
        await ListedAsync();
        var record = Record(request);
        Assert.Null(Journal.Begin(_rig.Context.Account, record));
        Journal.MarkSent(record.IntentId, _rig.Time.GetUtcNow(), _rig.Steady);
        Journal.Release(record.IntentId);
    }

    /// <summary>Adds a schedule as another program does.</summary>
    private async Task AddAsync(string name)
    {
        using var http = new HttpClient(_rig.Emulator.Control.CreateHandler()) { BaseAddress = _rig.Emulator.BaseUri };
        http.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", _rig.Emulator.ApiKey);
        using var body = new StringContent("{\"name\":\"" + name + "\",\"gpu\":\"h100_80gb\",\"template\":\"pytorch\",\"cron\":\"0 2 * * *\"}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("/v1/schedules", body);
        Assert.Equal(201, (int)answer.StatusCode);
    }

    private void Fault(EmulatorFaultKind kind, Action<EmulatorFault>? with = null)
    {
        var fault = new EmulatorFault { Kind = kind, Method = "POST", Path = "/v1/schedules*" };
        with?.Invoke(fault);
        _rig.Emulator.AddFault(fault);
    }

    private Task<PulseRun.Schedule> CreateAsync(ScheduleRequest? request = null) => _rig.RunAsync(Creator.CreateAsync(request ?? Request(), s_settle, _rig.Observer, default));

    private Task<PulseRunException> FailAsync(ScheduleRequest? request = null) => Assert.ThrowsAsync<PulseRunException>(() => CreateAsync(request));

    private async Task<IEnumerable<string>> ListedAsync()
    {
        _rig.Emulator.ClearFaults();
        return (await _rig.RunAsync(_rig.Client.GetSchedulesAsync(_rig.Observer, default))).Select(static one => one.Id);
    }
}
