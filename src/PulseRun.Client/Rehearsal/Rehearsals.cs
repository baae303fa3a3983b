using System;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Client.Gate;
using PulseRun.Client.Http;
using PulseRun.Client.Redaction;
using PulseRun.Client.Wire;
using PulseRun.Contracts;

namespace PulseRun.Client.Rehearsal;

/// <summary>
/// Plays a list and a stop through the whole client, without a network and without anything of the user's. A first call is
/// mostly compiling, of what it does one after the other; this does it beside, on another processor.
/// </summary>
internal static class Rehearsals
{
    public static async Task RunAsync()
    {
        using var door = new RehearsalDoor();
        using var key = new SecureString();
        using var settings = new ContextSettings { BaseUri = new Uri("http://127.0.0.1/"), Key = key, Mode = "test", Source = "Parameter", Door = door };
        var context = new Context(settings, "rehearsal", static () => DateTimeOffset.UtcNow, Create);
        _ = Transport.Shared;
        var client = context.Client;
        // The answers first: by the time that this comes to sending, the user's own request is on its way.
        await ReadAsync(context);
        await client.ListAsync(null, static _ => { }, SilentObserver.Instance, CancellationToken.None);
        await client.StopAsync(RehearsalDoor.Id, null, SilentObserver.Instance, CancellationToken.None);
        client.Dispose();
    }

    private static async Task ReadAsync(Context context)
    {
        using var redactor = new Redactor(context.Settings.Key);
        var seen = context.Seen.Watch(isOfAll: true);
        var call = new Call(Operation.List, null, TimeSpan.Zero, SilentObserver.Instance, CancellationToken.None);
        using var attempt = new Attempt(call, TimeProvider.System, context.Timeout);
        using var list = RehearsalDoor.Answer(isList: true);
        await new ListReader(new InstanceReader(context, redactor), null, seen.Take, redactor).ReadPageAsync(list, attempt);
        seen.End(isComplete: true);
    }

    private static PulseRunClient Create(Context context) =>
        new(context, new RateGate(TimeProvider.System, Chance.Next), TimeProvider.System, Chance.Next);
}
