extern alias EmulatorLibrary;

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Launch;
using PulseRun.Client.RateLimit;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Store;
using EmulatorLibrary::PulseRun.Emulator;

namespace PulseRun.Client.Tests.Support;

/// <summary>Combines a client, the emulator with an in-process handler, and a real store in a folder of its own, with one clock that the test advances.</summary>
internal sealed class LaunchRig : IDisposable
{
    private readonly FlightCounter _handler;
    private readonly HttpMessageHandler? _stub;

    /// <param name="stub">A server of the test instead of the emulator; null for the emulator.</param>
    /// <param name="options">The options of the emulator.</param>
    public LaunchRig(HttpMessageHandler? stub = null, EmulatorOptions? options = null)
    {
        _stub = stub;
        Emulator = new Emulator(EmulatorFactory.Create(options ?? new EmulatorOptions { Instances = 0, RequestsPerMinute = 0 }, Time));
        _handler = new FlightCounter(stub ?? Emulator.Control.CreateHandler(), Time);
        Context = Rig.MakeContext(_handler, Emulator.BaseUri.AbsoluteUri, new Rig.Options { Key = Emulator.ApiKey, Timeout = TimeSpan.FromSeconds(60) }, () => Time.GetUtcNow() + WallClockIsOff);
        Client = new PulseRunClient(Context, new RateLimiter(Time, () => 1), Time, () => 0, new SeenInstances());
        Store = StoreFactory.Open(Folder);
    }

    public static LaunchRequest Request { get; } = new() { Gpu = "h100_80gb", Template = "pytorch" };

    public WatchedTime Time { get; } = new();

    public Emulator Emulator { get; }

    public Context Context { get; }

    public PulseRunClient Client { get; }

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "pulserun-launch-" + Guid.NewGuid().ToString("N"));

    public IStore Store { get; }

    public ILaunchJournal Journal => Store.Launches;

    public Observer Observer { get; } = new();

    public IReadOnlyList<LaunchRecord> Open => Journal.Open(Context.Account);

    public IEnumerable<string> Sent => Emulator.Requests.Select(request => request.Method + " " + request.Path);

    public int Lists => Sent.Count(line => line == "GET /v1/instances");

    /// <summary>Changes the state of the server when this many lists have been answered and before the client reads the last one. No time passes meanwhile.</summary>
    public void AfterLists(int count, Action change) => _handler.Answered = path =>
    {
        if (path == "/v1/instances" && --count == 0)
            change();
    };

    public int Posts => Sent.Count(line => line == "POST /v1/instances");

    /// <summary>Gets or sets whether time passes while a request is answered, for servers that hang.</summary>
    public bool ServerTakesTime { get; set; }

    /// <summary>Gets or sets the error of the local wall clock; it may be changed at any time.</summary>
    public TimeSpan WallClockIsOff { get; set; }

    /// <summary>Gets or sets whether the server's answers have a Date header.</summary>
    public bool ServerTellsTheTime
    {
        get => _handler.TellsTheTime;
        set => _handler.TellsTheTime = value;
    }

    /// <summary>Gets the present time of the monotonic clock.</summary>
    public SteadyTime Steady => new(PulseRun.Client.Http.BootName.Current, Time.GetElapsedTime(0));

    public Launcher Launcher(ILaunchJournal? journal = null, decimal? fleetLimit = null, TimeSpan? settle = null, bool allowUnknownPrice = false) =>
        Client.CreateLauncher(journal ?? Journal, new LaunchOptions { MaxFleetCostPerHour = fleetLimit, AllowUnknownPrice = allowUnknownPrice, Settle = settle ?? TimeSpan.FromSeconds(4) });

    public async Task<Instance> LaunchAsync(
        LaunchRequest? request = null, decimal? hourlyLimit = null, decimal? fleetLimit = null, ILaunchJournal? journal = null, CancellationToken cancel = default)
    {
        using var launcher = Launcher(journal, fleetLimit);
        return await RunAsync(launcher.LaunchAsync(request ?? Request, hourlyLimit, Observer, cancel));
    }

    public async Task<PulseRunException> FailAsync(LaunchRequest? request = null, decimal? hourlyLimit = null, decimal? fleetLimit = null, ILaunchJournal? journal = null) =>
        await Xunit.Assert.ThrowsAsync<PulseRunException>(() => LaunchAsync(request, hourlyLimit, fleetLimit, journal));

    public async Task<PulseRun.Launch> ResolveAsync(params Guid[] intents)
    {
        using var launcher = Launcher();
        var records = intents.Select(id => Journal.Find(Context.Account, id)!).ToList();
        return (await RunAsync(launcher.ResolveAsync(records, Observer, default)))[0];
    }

    /// <summary>Records a launch that was sent and then abandoned.</summary>
    public Guid Left(LaunchRequest? request = null, bool isSent = true, decimal? hourlyLimit = null, decimal? fleetLimit = null, bool isAnswered = true)
    {
        var intent = Guid.NewGuid();
        Journal.Begin(Context.Account, Intent(intent, request) with { MaxHourlyCost = hourlyLimit, MaxFleetCostPerHour = fleetLimit }, null);
        if (isSent)
        {
            Journal.MarkSent(intent, Time.GetUtcNow(), Steady);
            if (isAnswered)
                Journal.MarkEnded(intent, Steady, isAnswered: true);
        }
        Journal.Release(intent);
        return intent;
    }

    public LaunchRecord Intent(Guid id, LaunchRequest? request = null) => new()
    {
        IntentId = id,
        Request = request ?? Request,
        RequestedAt = Time.GetUtcNow(),
        RequestTimeout = Context.Timeout,
        OwnerState = OwnerState.Alive,
    };

    public void Fault(EmulatorFaultKind kind, string method = "POST", Action<EmulatorFault>? with = null)
    {
        var fault = new EmulatorFault { Kind = kind, Method = method, Path = "/v1/instances*" };
        with?.Invoke(fault);
        Emulator.AddFault(fault);
    }

    /// <summary>Advances the clock until the task ends. The clock does not advance while a request is answered or other work is in progress, so that the result does not depend on the load of the machine.</summary>
    public async Task<T> RunAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            // Some timers have no continuation.
            for (int i = 0; i < 250 && Time.IsOwed && !task.IsCompleted; i++)
                await Task.WhenAny(task, Task.Delay(1));
            Time.Pay();
            if (ServerTakesTime || _handler.InFlight == 0)
                Time.Advance(TimeSpan.FromMilliseconds(250));
            await Task.WhenAny(task, Task.Delay(1));
        }
        Time.Owe();
        return await task;
    }

    public async Task RunAsync(Task task) => await RunAsync(((Func<Task<bool>>)(async () =>
    {
        await task;
        return true;
    }))());

    public void Dispose()
    {
        Client.Dispose();
        Context.Close();
        Emulator.Control.Dispose();
        Store.Dispose();
        _stub?.Dispose();
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    private sealed class FlightCounter(HttpMessageHandler inner, WatchedTime time) : DelegatingHandler(inner)
    {
        private int _inFlight;

        public bool TellsTheTime { get; set; } = true;

        /// <summary>Gets or sets what is called with the path of each GET that was answered.</summary>
        public Action<string>? Answered { get; set; }

        public int InFlight => Volatile.Read(ref _inFlight);

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _inFlight);
            time.Pay();
            try
            {
                var response = await base.SendAsync(request, cancellationToken);
                if (request.Method == HttpMethod.Get)
                    Answered?.Invoke(request.RequestUri!.AbsolutePath);
                if (TellsTheTime)
                    response.Headers.Date ??= time.GetUtcNow();
                else
                    response.Headers.Date = null;
                return response;
            }
            finally
            {
                time.Owe();
                Interlocked.Decrement(ref _inFlight);
            }
        }
    }
}
