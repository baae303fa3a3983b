using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Runtime;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Bench.Floor;

// list <address>                              reads one list and keeps it
// stops <address> <throttle> <warm> <count>   sends <warm> stops that are not measured, then <count> that are
using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 256 };
using var http = new HttpClient(handler);
http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "pr_test_bench");
if (args[0] == "list")
    await ListAsync(new Uri(args[1] + "/v1/instances"));
else
    await MeasureStopsAsync(args[1], Number(args[2]), Number(args[3]), Number(args[4]));
return;

async Task ListAsync(Uri address)
{
    long start = Stopwatch.GetTimestamp();
    using var response = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead);
    await using var body = await response.Content.ReadAsStreamAsync();
    var answer = await JsonSerializer.DeserializeAsync(body, FloorJson.Default.ListAnswer);
    Tell("ms", Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    Tell("count", answer!.Data.Count);
    using var process = Process.GetCurrentProcess();
    Tell("peakMB", process.PeakWorkingSet64 / 1e6);
}

async Task MeasureStopsAsync(string address, int throttle, int warm, int count)
{
    for (int round = 0; round < 3; round++)
    {
        await StopAsync(address, throttle, warm);
        await CompileAsync();
    }
    var cpu = Environment.CpuUsage.TotalTime;
    long start = Stopwatch.GetTimestamp();
    await StopAsync(address, throttle, count);
    Tell("ms", Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    Tell("cpuMsPer1000", (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds * 1000 / count);
}

// Waits until the runtime, which compiles hot methods in the background, has compiled none for half a second.
static async Task CompileAsync()
{
    long compiled;
    do
    {
        compiled = JitInfo.GetCompiledMethodCount();
        await Task.Delay(500);
    }
    while (JitInfo.GetCompiledMethodCount() != compiled);
}

async Task StopAsync(string address, int throttle, int count)
{
    var ids = new ConcurrentQueue<string>(Enumerable.Range(0, count).Select(static number => "inst_" + number.ToString("x8", CultureInfo.InvariantCulture)));
    var stopped = new InstanceRow[count];
    int done = 0;
    await Task.WhenAll(Enumerable.Range(0, throttle).Select(async _ =>
    {
        while (ids.TryDequeue(out string? id))
        {
            using var response = await http.PostAsync(new Uri(address + "/v1/instances/" + id + "/stop"), null);
            response.EnsureSuccessStatusCode();
            await using var body = await response.Content.ReadAsStreamAsync();
            stopped[Interlocked.Increment(ref done) - 1] = (await JsonSerializer.DeserializeAsync(body, FloorJson.Default.InstanceRow))!;
        }
    }));
    if (stopped.Any(static row => row.Status != "stopped"))
        throw new InvalidOperationException("An instance is not stopped.");
}

static void Tell(string what, double value) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}={value}"));

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
