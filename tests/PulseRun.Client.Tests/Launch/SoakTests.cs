extern alias EmulatorLibrary;

using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Launch;
using PulseRun.Client.RateLimit;
using PulseRun.Client.Tests.Support;
using PulseRun.Core.Launch;
using PulseRun.Core.Store;
using PulseRun.Store;
using EmulatorLibrary::PulseRun.Emulator;
using PulseRun.Tests.Shared;
using Xunit;
using Xunit.Abstractions;

namespace PulseRun.Client.Tests.Launch;

/// <summary>Runs a thousand launches (600 on the runtime of the SDK) with all kinds of faults, by two clients that share one store file: every billed instance is accounted for.</summary>
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private const int PerBatch = 100, AtOnce = 16;

    /// <summary>At least six, which have each kind of batch.</summary>
    private static readonly int s_batches = TestSize.Of(10, 6);

    private static readonly string[] s_gpus = ["h100_80gb", "a100_80gb", "rtx_4090", "l40s"];

    private readonly ScaledTime _time = new(100);
    private readonly string _folder = Path.Combine(Path.GetTempPath(), "pulserun-soak-" + Guid.NewGuid().ToString("N"));
    private readonly ConcurrentBag<string> _reported = [];
    private readonly ConcurrentBag<string> _overLimit = [];
    private int _refused;
    private int _unknown;

    [Theory]
    [InlineData(1)]
    public async Task AThousandLaunches_AreAllAccountedFor(int seed)
    {
        var emulator = EmulatorFactory.Create(new EmulatorOptions { Instances = 0, RequestsPerMinute = 0, Seed = seed, Balance = 1_000_000, TerminatedVisible = TimeSpan.FromDays(9) }, _time);
        var options = new Rig.Options { Key = emulator.ApiKey, Timeout = TimeSpan.FromMinutes(4), MaxWait = TimeSpan.FromHours(9) };
        var context = Rig.MakeContext(emulator.CreateHandler(), emulator.BaseUri.AbsoluteUri, options, () => _time.GetUtcNow());
        var limiter = new RateLimiter(_time, () => 1);
        using var client = new PulseRunClient(context, limiter, _time, () => 0, new SeenInstances());
        using IStore here = StoreFactory.Open(_folder), there = StoreFactory.Open(_folder);
        var random = new Random(seed);
        var found = new List<string>();
        for (int batch = 0; batch < s_batches; batch++)
        {
            SetFaults(emulator, random, isListCut: batch % 3 == 2);
            string[] gpus = batch % 2 == 0 ? [s_gpus[batch % 4]] : s_gpus;
            var launches = Enumerable.Range(0, PerBatch).Select(_ => (Request: new LaunchRequest { Gpu = gpus[random.Next(gpus.Length)], Template = "pytorch", Region = batch == 5 && random.Next(3) == 0 ? "us" : null }, Limit: random.Next(10) == 0 ? 0.9m : (decimal?)null)).ToList();
            await Task.WhenAll(RunAsync(client, here, launches.Take(PerBatch / 2).ToList()), RunAsync(client, there, launches.Skip(PerBatch / 2).ToList()));
            emulator.ClearFaults();
            if (batch % 2 == 1)
                found.AddRange(await ResolveAsync(client, context, here));
        }
        found.AddRange(await ResolveAsync(client, context, here));
        int leftOver = here.Launches.Open(context.Account).Count;

        output.WriteLine($"{emulator.Instances.Count} on the server; {_reported.Count} reported, {_overLimit.Count} over the limit, {found.Count} found later, {_refused} not launched, {_unknown} with unknown outcome, {leftOver} still open");
        var accounted = _reported.Concat(_overLimit).Concat(found).ToList();
        Assert.Equal(accounted.Count, accounted.Distinct().Count());
        Assert.Equal(s_batches * PerBatch, _reported.Count + _overLimit.Count + _refused + _unknown);
        var missing = emulator.Instances.Select(one => one.Id).Except(accounted).ToList();
        Assert.Empty(accounted.Except(emulator.Instances.Select(one => one.Id)));
        // A launch with an unknown outcome stays open under its own id, so there are at least as many open launches as instances without one.
        Assert.InRange(missing.Count, 0, leftOver);
        Assert.All(emulator.Instances.Where(one => _overLimit.Contains(one.Id)), one => Assert.Equal(InstanceStatus.Terminated, one.Status));
        // Check that the run contained enough of each case.
        Assert.InRange(_unknown, 1, 400);
        Assert.InRange(_refused, 50, 600);
        context.Close();
        emulator.Dispose();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void SetFaults(IEmulatorControl emulator, Random random, bool isListCut)
    {
        void Add(EmulatorFaultKind kind, string method, double probability, Action<EmulatorFault>? with = null)
        {
            var fault = new EmulatorFault { Kind = kind, Method = method, Path = "/v1/instances", Probability = probability };
            with?.Invoke(fault);
            emulator.AddFault(fault);
        }

        Add(EmulatorFaultKind.ServerErrorAfterEffect, "POST", 0.12, f => f.Status = random.Next(2) == 0 ? 500 : 502);
        Add(EmulatorFaultKind.ServerError, "POST", 0.08);
        Add(EmulatorFaultKind.CutBeforeAnswer, "POST", 0.06);
        Add(EmulatorFaultKind.CutBeforeAnswer, "POST", 0.08, f => f.AfterEffect = true);
        Add(EmulatorFaultKind.HalfAnswer, "POST", 0.05);
        Add(EmulatorFaultKind.EmptyAnswer, "POST", 0.05);
        Add(EmulatorFaultKind.PartialAnswer, "POST", 0.05);
        Add(EmulatorFaultKind.NotJson, "POST", 0.05);
        Add(EmulatorFaultKind.TooManyRequests, "POST", 0.05);
        Add(EmulatorFaultKind.NoCapacity, "POST", 0.05);
        Add(EmulatorFaultKind.Delay, "POST", 0.2, f => f.Duration = TimeSpan.FromSeconds(random.Next(1, 4)));
        Add(EmulatorFaultKind.Delay, "POST", 0.2, f =>
        {
            f.AfterEffect = true;
            f.Duration = TimeSpan.FromSeconds(random.Next(1, 4));
        });
        Add(EmulatorFaultKind.ListLag, "GET", 0.5, f => f.Duration = TimeSpan.FromSeconds(2));
        Add(EmulatorFaultKind.Paging, "GET", 0.3, f => f.Count = 100);
        if (isListCut)
            Add(EmulatorFaultKind.ListCut, "GET", 0.4, f => f.Count = 100);
    }

    private async Task RunAsync(PulseRunClient client, IStore store, List<(LaunchRequest Request, decimal? Limit)> launches)
    {
        using var launcher = client.CreateLauncher(store.Launches, new LaunchOptions { Settle = TimeSpan.FromSeconds(5) });
        using var turn = new SemaphoreSlim(AtOnce);
        await Task.WhenAll(launches.Select(async launch =>
        {
            await turn.WaitAsync();
            try
            {
                await Task.Run(() => OneAsync(launcher, launch.Request, launch.Limit));
            }
            finally
            {
                turn.Release();
            }
        }));
    }

    private async Task OneAsync(Launcher launcher, LaunchRequest request, decimal? limit)
    {
        try
        {
            _reported.Add((await launcher.LaunchAsync(request, limit, new Observer { WantsDebug = false }, default)).Id);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.CostLimitExceeded && !error.Message.StartsWith("Nothing was launched", StringComparison.Ordinal))
        {
            _overLimit.Add(Regex.Match(error.Message, @"Instance (\S+) was launched and terminated at once").Groups[1].Value);
        }
        catch (PulseRunException error) when (error.ErrorId == ErrorIds.LaunchOutcomeUnknown)
        {
            Interlocked.Increment(ref _unknown);
        }
        catch (PulseRunException)
        {
            Interlocked.Increment(ref _refused);
        }
    }

    private async Task<List<string>> ResolveAsync(PulseRunClient client, Context context, IStore store)
    {
        using var launcher = client.CreateLauncher(store.Launches, new LaunchOptions { Settle = TimeSpan.FromSeconds(5) });
        var results = await launcher.ResolveAsync(store.Launches.Open(context.Account), new Observer { WantsDebug = false }, default);
        return results.Select(result => result.InstanceId).OfType<string>().ToList();
    }
}
