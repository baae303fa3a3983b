using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Emulator.Faults;
using PulseRun.Emulator.Http;
using PulseRun.Emulator.Resources;
using PulseRun.Emulator.Simulation;
using PulseRun.Emulator.Ssh;

namespace PulseRun.Emulator;

/// <summary>Represents the emulated API: one state, one clock and one lock, with any number of entry points.</summary>
internal sealed class Cloud : IEmulatorControl
{
    /// <summary>The address of the in-process handler, which is never resolved. It is https so that the rules for plain http do not apply.</summary>
    private static readonly Uri s_inProcess = new("https://emulator.pulserun.invalid/");

    /// <summary>The number of requests that are kept, and the number of characters of their texts. An emulator may run for weeks.</summary>
    public const int KeptRequests = 10_000;
    private static readonly TimeSpan s_sshCheck = TimeSpan.FromMilliseconds(300);
    private const int KeptPath = 2_048;
    private const int KeptKey = 256;

    private readonly object _gate = new();
    private readonly TimeProvider _time;
    private readonly VirtualClock _clock;
    private readonly Fleet _fleet;
    private readonly Automation _automation;
    private readonly int _seed;
    private readonly FaultPlan _faults;
    private readonly RateLimit _limit = new();
    private readonly Queue<EmulatorRequest> _requests = new();

    /// <summary>Ends the delays of the requests that wait now. It is replaced when it is used.</summary>
    private CancellationTokenSource _delays = new();
    private LoopbackServer? _handler;
    private SshServer? _ssh;
    private Timer? _sshTimer;

    public Cloud(EmulatorOptions options, TimeProvider time)
    {
        _time = time;
        _clock = new VirtualClock(time, options.TimeScale);
        _fleet = new Fleet(options, _clock.Start);
        _automation = new Automation(_fleet, options.Seed, time);
        _seed = options.Seed;
        _faults = new FaultPlan(options.Seed);
        ApiKey = options.ApiKey ?? "pr_test_emulator_" + DeterministicRandom.Base36(12, options.Seed, "key");
        RequestsPerMinute = options.RequestsPerMinute;
    }

    public Uri BaseUri => _handler?.Address ?? s_inProcess;

    public string ApiKey { get; }

    public double TimeScale => _clock.Scale;

    public DateTimeOffset UtcNow => _clock.UtcNow;

    public decimal Balance
    {
        get => Locked(_ => _fleet.Ledger.Balance);
        set => Locked(now => _fleet.SetBalance(value, now));
    }

    public int? RequestsPerMinute { get; set; }

    public bool RetryAfterAsDate { get; set; }

    public bool AllowBilling { get; set; } = true;

    public TimeSpan ProvisioningTime { get => _fleet.ProvisioningTime; set => _fleet.ProvisioningTime = value; }

    public TimeSpan StartingTime { get => _fleet.StartingTime; set => _fleet.StartingTime = value; }

    public TimeSpan StoppingTime { get => _fleet.StoppingTime; set => _fleet.StoppingTime = value; }

    public IReadOnlyList<EmulatorRequest> Requests => Locked(_ => _requests.ToArray());

    public IReadOnlyList<Instance> Instances => Locked(_ => _fleet.Machines.Select(instance => instance.ToInstance()).ToArray());

    public HttpMessageHandler CreateHandler() => new InProcessHandler(this);

    public Uri Open(int port)
    {
        if (_handler is not null)
            throw new InvalidOperationException("The emulator is listening at " + BaseUri + " already.");
        _handler = LoopbackServer.Open(this, port);
        return _handler.Address;
    }

    public void Close()
    {
        _handler?.Dispose();
        _handler = null;
    }

    public string? SshIdentityFile => _ssh?.IdentityFile;

    public string? SshKnownHosts => _ssh?.KnownHosts;

    public void OpenSsh()
    {
        _ssh = SshServer.Start();
        Locked(_ => _fleet.Use(_ssh));
        // Instances also change by time, without a request.
        _sshTimer = new Timer(_ => Locked(static _ => { }), null, s_sshCheck, s_sshCheck);
    }

    public string? GetSshHome(string id) => _ssh is null ? null : Locked(_ => _ssh.HomeOf(Find(id).Id));

    public void CutSsh(string id) => _ssh?.Cut(id);

    public void Dispose()
    {
        Close();
        _sshTimer?.Dispose();
        _ssh?.Dispose();
        _automation.Dispose();
    }

    public void ClearRequests() => Locked(_ => _requests.Clear());

    public void AddFault(EmulatorFault fault) => Locked(_ => _faults.Add(fault));

    public void ClearFaults()
    {
        CancellationTokenSource waiting = Locked(_ =>
        {
            _faults.Clear();
            CancellationTokenSource before = _delays;
            _delays = new CancellationTokenSource();
            return before;
        });
        // Outside the lock, because requests may continue on this thread. It is not disposed, because they still hold its token.
        waiting.Cancel();
    }

    public void Advance(TimeSpan time) => _clock.Advance(time);

    public Instance AddInstance(Instance instance) => Locked(now => _fleet.Add(instance, now).ToInstance());

    public Instance SetStatus(string id, string status) => Locked(now =>
    {
        SimulatedInstance instance = Find(id);
        _fleet.Enter(instance, status, now);
        return instance.ToInstance();
    });

    public void SetPrice(string gpu, decimal perHour) => Locked(now => _automation.SetPrice(gpu, perHour, now));

    public void SetWorkload(string id, string workload) => Locked(_ => Find(id).Workload = Workload.Parse(workload));

    public void SetWorkload(string id, IReadOnlyList<EmulatorReading> readings, TimeSpan step) =>
        Locked(now => Find(id).Workload = new SeriesWorkload(readings, step, now - _clock.Start));

    /// <summary>Answers a request. A delayed answer does not hold up other requests.</summary>
    public async Task<Reply> AnswerAsync(IncomingRequest request, CancellationToken cancel)
    {
        Route route = Route.Parse(request.Method, request.RawUrl);
        var (entry, faults, cleared) = Locked(now => (Record(request, now), _faults.Draw(request, route), _delays.Token));
        await Pause(faults.Delay(afterEffect: false), cleared, cancel);
        Reply reply = Locked(now => Decide(request, route, faults, now).With("Date", FaultReplies.HttpDate(now)));
        await Pause(faults.Delay(afterEffect: true), cleared, cancel);
        entry.Answered(reply.Status);
        return reply;
    }

    private EmulatorRequest Record(IncomingRequest request, DateTimeOffset now)
    {
        var entry = new EmulatorRequest
        {
            Method = request.Method,
            Path = Cut(request.RawUrl, KeptPath),
            Time = now,
            IdempotencyKey = request.IdempotencyKey is { } key ? Cut(key, KeptKey) : null,
            HasAuthorization = request.Authorization is not null,
        };
        _requests.Enqueue(entry);
        if (_requests.Count > KeptRequests)
            _requests.Dequeue();
        return entry;
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text.Remove(length - 1).Insert(length - 1, "…");

    private Reply Decide(IncomingRequest request, Route route, FaultSet faults, DateTimeOffset now)
    {
        if (faults.InsteadOfEffect is { } refusal)
            return FaultReplies.Make(refusal, null, now);
        Reply answer = Admit(request, route, now) ?? route.Endpoint!.Serve(Meet(request, route, faults, now));
        return answer.IsSuccess && faults.InsteadOfAnswer is { } spoiler ? FaultReplies.Make(spoiler, answer, now) : answer;
    }

    private Exchange Meet(IncomingRequest request, Route route, FaultSet faults, DateTimeOffset now) => new()
    {
        Call = request,
        Route = route,
        Faults = faults,
        Fleet = _fleet,
        Automation = _automation,
        Now = now,
        Elapsed = now - _clock.Start,
        Seed = _seed,
        AllowBilling = AllowBilling,
    };

    /// <summary>Checks a request before it is served: path, method, key and rate limit. Returns the error, or null when it may be served.</summary>
    private Reply? Admit(IncomingRequest request, Route route, DateTimeOffset now)
    {
        if (route.Endpoint is null)
            return route.Allow is null ? Problem.Detail(404, "Not Found") : Problem.Detail(405, "Method Not Allowed").With("Allow", route.Allow);
        if (request.Authorization != "Bearer " + ApiKey)
            return Problem.Detail(401, "Invalid or missing API key.");
        if (_limit.TryTake(now, RequestsPerMinute) is not { } wait)
            return null;
        int seconds = (int)Math.Max(1, Math.Ceiling(_clock.ToReal(wait).TotalSeconds));
        return FaultReplies.TooManyRequests(seconds, RetryAfterAsDate, now);
    }

    /// <summary>Waits for a delay, until the faults are cleared.</summary>
    private async Task Pause(TimeSpan delay, CancellationToken cleared, CancellationToken cancel)
    {
        if (delay == TimeSpan.Zero)
            return;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cleared, cancel);
        try
        {
#if NET
            await Task.Delay(delay, _time, either.Token);
#else
            await _time.Delay(delay, either.Token);
#endif
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The faults were cleared, so the answer comes now.
        }
    }

    private SimulatedInstance Find(string id) => _fleet.Find(id) ?? throw new ArgumentException("There is no instance '" + id + "'.", nameof(id));

    /// <summary>Runs an operation on the state, brought up to the present time, under the lock.</summary>
    private T Locked<T>(Func<DateTimeOffset, T> action)
    {
        lock (_gate)
        {
            DateTimeOffset now = _clock.UtcNow;
            _automation.Settle(now);
            T result = action(now);
            _ssh?.Close(IsReachable, IsGone);
            return result;
        }
    }

    private bool IsReachable(string id) => _fleet.Find(id) is { IsReachable: true };

    private bool IsGone(string id) => _fleet.Find(id) is not { } instance || instance.Is(InstanceStatus.Terminated);

    private void Locked(Action<DateTimeOffset> action) => Locked(now =>
    {
        action(now);
        return true;
    });
}
