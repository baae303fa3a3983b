using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Time.Testing;
using PulseRun.Client.RateLimit;
using PulseRun.Core.Client;
using PulseRun.Core.Launch;

namespace PulseRun.Client.Tests.Support;

/// <summary>Combines a client with a server of the test and a clock that advances by itself, so that waits take no real time.</summary>
internal sealed class Rig : IDisposable
{
    public const string Key = "pr_live_CANARYcanary0123456789";

    public Rig(HttpMessageHandler handler, FakeTimeProvider? time = null, RateLimiter? limiter = null, string address = "https://api.test/", Action<Options>? configure = null)
    {
        var options = new Options();
        configure?.Invoke(options);
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)) { AutoAdvanceAmount = TimeSpan.Zero };
        Gate = limiter ?? new RateLimiter(Time, () => 1);
        Context = MakeContext(handler, address, options, () => Time.GetUtcNow());
        Client = new PulseRunClient(Context, Gate, Time, () => 0, new SeenInstances());
    }

    public FakeTimeProvider Time { get; }

    public RateLimiter Gate { get; }

    public Context Context { get; }

    public PulseRunClient Client { get; }

    public Observer Observer { get; } = new();

    public static CancellationToken None => CancellationToken.None;

    public static Context MakeContext(HttpMessageHandler? handler, string address, Options options, Func<DateTimeOffset> now)
    {
        var key = new SecureString();
        foreach (char c in options.Key)
            key.AppendChar(c);
        var settings = new ContextSettings
        {
            BaseUri = new Uri(address),
            Key = key,
            Mode = "test",
            Source = "Parameter",
            Timeout = options.Timeout,
            MaxWait = options.MaxWait,
            RequestsPerMinute = options.RequestsPerMinute,
            Handler = handler,
        };
        return new Context(settings, options.Account ?? Guid.NewGuid().ToString(), now);
    }

    public async Task<List<Instance>> ListAsync(string? status = null)
    {
        var rows = new List<Instance>();
        await Client.ListAsync(status, rows.AddRange, Observer, None);
        return rows;
    }

    public Task<Instance> GetAsync(string id = "inst_1") => Client.GetAsync(id, Observer, None);

    public Task<Instance> StopAsync(string id = "inst_1", Instance? known = null) => Client.StopAsync(id, known, Observer, None);

    public Task<Instance> StartAsync(string id = "inst_1", Instance? known = null) => Client.StartAsync(id, known, Observer, None);

    public Task<Instance> RemoveAsync(string id = "inst_1", Instance? known = null) => Client.RemoveAsync(id, known, Observer, None);

    public Task<InstanceMetrics> MetricsAsync(string id = "inst_1") => Client.GetMetricsAsync(id, Observer, None);

    /// <summary>Launches without a journal and with a settle time of 0, so that an unknown outcome leads to one list at once.</summary>
    public Task<Instance> LaunchAsync(LaunchRequest? request = null) => LaunchAsync(Client, request ?? new LaunchRequest { Gpu = "h100_80gb", Template = "pytorch" }, Observer);

    public static async Task<Instance> LaunchAsync(PulseRunClient client, LaunchRequest request, ICallObserver observer)
    {
        using var launcher = client.CreateLauncher(null, new LaunchOptions { Settle = TimeSpan.Zero });
        return await launcher.LaunchAsync(request, null, observer, None);
    }

    /// <summary>Advances the clock until the task ends, in steps small enough for every timer, with enough real time between them for other threads.</summary>
    public async Task<T> RunClockAsync<T>(Task<T> task, TimeSpan step)
    {
        while (!task.IsCompleted)
        {
            Time.Advance(step);
            await Task.Delay(1);
        }
        return await task;
    }

    public void Dispose()
    {
        Client.Dispose();
        Context.Close();
    }

    internal sealed class Options
    {
        public string Key { get; set; } = Rig.Key;

        /// <summary>Two clients of one account share what they see and have launched; null for an account of its own.</summary>
        public string? Account { get; set; }

        public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

        public TimeSpan MaxWait { get; set; } = TimeSpan.FromSeconds(600);

        public int? RequestsPerMinute { get; set; }
    }
}
