using System;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PulseRun.Bench.Server;

// Addresses: /<count>/v1/instances            a list of <count> instances
//            /<count>-trickled/v1/instances   the same list, with its body spread over a second
//            /delay<ms>/v1/instances/<id>/stop
// Writes its address, and ends when its input ends, so that it never outlives the bench.
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(static kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Listen(IPAddress.Loopback, 0);
});
await using var app = builder.Build();
app.Run(AnswerAsync);
await app.StartAsync();
foreach (int count in new[] { 6, 1_000, 10_000, 100_000 })
    _ = Bodies.List(count);
await Console.Out.WriteLineAsync(app.Urls.First());
while (await Console.In.ReadLineAsync() is not null)
{
}
await app.StopAsync();

static async Task AnswerAsync(HttpContext context)
{
    string[] path = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
    string kind = path[0];
    context.Response.ContentType = "application/json";
    if (kind.StartsWith("delay", StringComparison.Ordinal))
    {
        int delay = Number(kind["delay".Length..]);
        if (delay > 0)
            await Task.Delay(delay, context.RequestAborted);
        await AnswerWithAsync(context, Bodies.Instance(path[3], "stopped"));
        return;
    }
    byte[] list = Bodies.List(Number(kind.Split('-')[0]));
    if (kind.EndsWith("-trickled", StringComparison.Ordinal))
        await TrickleAsync(context, list);
    else
        await AnswerWithAsync(context, list);
}

static async Task AnswerWithAsync(HttpContext context, byte[] body)
{
    context.Response.ContentLength = body.Length;
    await context.Response.Body.WriteAsync(body, context.RequestAborted);
}

static async Task TrickleAsync(HttpContext context, byte[] body)
{
    const int Pieces = 20;
    for (int piece = 0; piece < Pieces; piece++)
    {
        int from = (int)((long)body.Length * piece / Pieces);
        int to = (int)((long)body.Length * (piece + 1) / Pieces);
        await context.Response.Body.WriteAsync(body.AsMemory(from, to - from), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(1000 / Pieces, context.RequestAborted);
    }
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
