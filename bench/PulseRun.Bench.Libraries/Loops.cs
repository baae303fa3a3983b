using System;
using System.Globalization;
using System.Linq;
using System.Security;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using BenchmarkDotNet.Attributes;
using PulseRun.Client;
using PulseRun.Client.Http;
using PulseRun.Client.Json;
using PulseRun.Client.RateLimit;
using PulseRun.Core.Client;
using PulseRun.Core.Idle;

namespace PulseRun.Bench.Libraries;

/// <summary>Measures the loops that run once for each instance: parsing JSON, computing verdicts, and acquiring permits.</summary>
public class Loops
{
    private const int Readings = 36;
    private static readonly IdleRule s_rule = new();
    private byte[] _json = [];
    private Instance[] _fleet = [];
    private Reading[][] _samples = [];
    private InstanceReader? _reader;
    private RateLimiter? _limiter;

    /// <summary>Gets or sets the number of instances.</summary>
    [Params(100, 1_000, 10_000)]
    public int Count { get; set; }

    /// <summary>Creates the input.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        using var key = new SecureString();
        var settings = new ContextSettings { BaseUri = new Uri("http://127.0.0.1/"), Key = key, Mode = "test", Source = "Parameter" };
        var context = new Context(settings, "bench", static () => Fleet.Noon);
        _reader = new InstanceReader(context, new Redactor(key));
        _limiter = new RateLimiter(TimeProvider.System, static () => 0.5);
        _fleet = Fleet.Instances(Count);
        _samples = Enumerable.Range(1 - Readings, Readings)
            .Select(minute => Fleet.Tick(Count, Fleet.Noon.AddMinutes(minute)))
            .SelectMany(static tick => tick.Select(Reading.From).Index())
            .GroupBy(static reading => reading.Index, static reading => reading.Item)
            .Select(static readings => readings.ToArray())
            .ToArray();
        _json = Encoding.UTF8.GetBytes("[" + string.Join(",", _fleet.Select(Json)) + "]");
    }

    /// <summary>Parses JSON to instances.</summary>
    [Benchmark]
    public int Parse()
    {
        int count = 0;
        new ListParser(_reader!).Take(_json, _ => count++);
        return count;
    }

    /// <summary>Computes the verdict of each instance from a window of 36 minutes.</summary>
    [Benchmark]
    public int Verdicts()
    {
        int idle = 0;
        for (int i = 0; i < _fleet.Length; i++)
        {
            if (IdleDecision.Decide(_fleet[i], _samples[i], s_rule, Fleet.Noon.AddSeconds(1)).Verdict == Verdict.Idle)
                idle++;
        }
        return idle;
    }

    /// <summary>Acquires a permit and releases it as accepted.</summary>
    [Benchmark]
    public async Task Gate()
    {
        for (int i = 0; i < Count; i++)
        {
            var request = new RequestContext(Operations.Stop, "inst", TimeSpan.FromMinutes(10), SilentObserver.Instance, CancellationToken.None);
            _limiter!.Release(await _limiter.AcquireAsync(request), PermitOutcome.Accepted, null);
        }
    }

    private static string Json(Instance instance) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"id":"{{instance.Id}}","status":"running","gpu":"a100_80gb","gpu_name":"NVIDIA A100 80GB","provider":"vast_ai","region":"us-east","ip":"10.0.0.1","ssh_command":"ssh root@10.0.0.1 -p 20000","jupyter_url":"https://10-0-0-1.proxy.example/lab","cost_per_hour":0.95,"template":"pytorch","spot":false,"started_at":"2026-03-01T12:00:00Z","created_at":"2026-03-01T11:00:30Z"}
        """);
}
