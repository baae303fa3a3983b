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
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Store;
using EmulatorLibrary::PulseRun.Emulator;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Represents a process that is killed at one of its steps. From then on, nothing that it does reaches the server or the disk.</summary>
/// <param name="steps">The number of requests and journal calls that it lives for; null to let it live.</param>
internal sealed class Victim(int? steps)
{
    private int? _left = steps;

    public bool IsDead { get; private set; }

    public void Step()
    {
        if (IsDead || (_left is { } left && left <= 0))
        {
            IsDead = true;
            throw new KilledException();
        }
        _left--;
    }

    internal sealed class KilledException : Exception
    {
    }
}

/// <summary>Combines launch plans, the emulator and a real store on one thread and one clock. Requests to the emulator are answered at once, so that the same seed is the same run.</summary>
internal sealed class PlanWorld : IDisposable
{
    private readonly Emulator _emulator;
    private readonly List<(PulseRunClient Client, Context Context)> _connections = [];
    private readonly string _folder;

    public PlanWorld(int seed, string folder)
    {
        _folder = folder;
        Random = new Random(seed);
        _emulator = new Emulator(EmulatorFactory.Create(new EmulatorOptions { Instances = 0, RequestsPerMinute = 0, Seed = seed, Balance = 1_000_000 }, Time));
        Store = StoreFactory.Open(folder);
    }

    public Random Random { get; }

    public SimulatedTime Time { get; } = new();

    public IStore Store { get; }

    public Observer Observer { get; } = new() { WantsDebug = false };

    public Emulator Emulator => _emulator;

    /// <summary>The instance that each key has launched.</summary>
    public Dictionary<Guid, List<string>> Created { get; } = [];

    /// <summary>The keys in the order in which they were first sent.</summary>
    public List<Guid> Keys { get; } = [];

    /// <summary>Called before a launch is served, with its key.</summary>
    public Action<Guid> OnPost { get; set; } = static _ => { };

    public string Account { get; } = "plans";

    public void Fault(EmulatorFaultKind kind, double probability = 1, int? status = null, string? text = null, bool afterEffect = false, TimeSpan? duration = null, int times = 0, int skip = 0, string method = "POST") =>
        _emulator.AddFault(new EmulatorFault
        {
            Kind = kind, Method = method, Path = "/v1/instances", Probability = probability, Status = status, Text = text, AfterEffect = afterEffect, Duration = duration, Times = times, Skip = skip,
        });

    /// <summary>Makes the launches of one process.</summary>
    public (Launcher Launcher, PulseRunClient Client) Process(Victim? victim = null, LaunchOptions? options = null)
    {
        victim ??= new Victim(null);
        var rig = new Rig.Options { Key = _emulator.ApiKey, Timeout = TimeSpan.FromSeconds(30), Account = Account };
        var context = Rig.MakeContext(new Wire(this, victim, _emulator.Control.CreateHandler()), _emulator.BaseUri.AbsoluteUri, rig, () => Time.Now);
        var client = new PulseRunClient(context, new RateLimiter(Time, () => 1), Time, () => 0, new SeenInstances());
        _connections.Add((client, context));
        var journal = new BrokenJournal(Store.Launches, _ => victim.Step());
        return (client.CreateLauncher(journal, new ProcessClaims(), options ?? new LaunchOptions { PlanSettle = LaunchOptions.DefaultPlanSettle, Random = Random.NextDouble }), client);
    }

    public static LaunchTicket Ticket(LaunchPlan plan, PlanRefusals refusals, decimal? limit = null) => new(plan.Alternatives[0], limit) { Plan = new PlanRun(plan, refusals) };

    public void Dispose()
    {
        foreach (var (client, context) in _connections)
        {
            client.Dispose();
            context.Close();
        }
        _emulator.Control.Dispose();
        Store.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private sealed class Wire(PlanWorld world, Victim victim, HttpMessageHandler emulator) : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _emulator = new(emulator);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            try
            {
                world.Time.CheckThread();
                victim.Step();
                var response = Serve(request);
                // The request has taken effect, and the process may not live to read the answer.
                victim.Step();
                response.Headers.Date = world.Time.Now;
                return Task.FromResult(response);
            }
            catch (Exception error)
            {
                return Task.FromException<HttpResponseMessage>(error);
            }
        }

        protected override void Dispose(bool disposing)
        {
            _emulator.Dispose();
            base.Dispose(disposing);
        }

        private HttpResponseMessage Serve(HttpRequestMessage request)
        {
            if (request.Method != HttpMethod.Post)
                return Send(request);
            var key = Guid.Parse(request.Headers.GetValues("Idempotency-Key").Single());
            if (!world.Keys.Contains(key))
                world.Keys.Add(key);
            world.OnPost(key);
            var before = new HashSet<string>(world._emulator.Control.Instances.Select(static one => one.Id));
            try
            {
                return Send(request);
            }
            finally
            {
                foreach (string id in world._emulator.Control.Instances.Select(static one => one.Id).Where(id => !before.Contains(id)))
                {
                    if (!world.Created.TryGetValue(key, out var ids))
                        world.Created[key] = ids = [];
                    ids.Add(id);
                }
            }
        }

#pragma warning disable VSTHRD002 // The one thread of the simulation waits, so that no time passes meanwhile.
        private HttpResponseMessage Send(HttpRequestMessage request)
        {
            var before = SynchronizationContext.Current;
            SynchronizationContext.SetSynchronizationContext(null);
            try
            {
                return _emulator.SendAsync(request, CancellationToken.None).GetAwaiter().GetResult();
            }
            finally
            {
                SynchronizationContext.SetSynchronizationContext(before);
            }
        }
#pragma warning restore VSTHRD002
    }
}
