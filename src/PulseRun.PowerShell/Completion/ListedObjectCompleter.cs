using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Completion;

/// <summary>The base of completers that offer the names or ids of alerts, schedules or webhooks. Sends at most one request in 30 s per account and kind.</summary>
internal abstract class ListedObjectCompleter : PulseRunCompleter
{
    /// <summary>A list that takes longer is cancelled, because it occupies a permit of the rate limiter that commands may need.</summary>
    private static readonly TimeSpan s_longestLook = TimeSpan.FromSeconds(10);

    private static readonly ConcurrentDictionary<(string Account, string Kind), Seen> s_seen = new();

    /// <summary>Gets the kind of object; completers of one kind share what they have read.</summary>
    private protected abstract string Kind { get; }

    /// <summary>Lists the objects: the id, the name or null, and a description.</summary>
    private protected abstract Task<IReadOnlyList<(string Id, string? Name, string About)>> ListAsync(IPulseRunClient client, CancellationToken cancel);

    /// <summary>Returns the offered value of an object; null when it has none.</summary>
    private protected virtual string? ValueOf((string Id, string? Name, string About) one) => one.Id;

    private protected sealed override IEnumerable<(string Value, string About)> Offers(CompletionContext completion)
    {
        if (completion.FindContext() is not { } context)
            return [];
        Seen seen = s_seen.GetOrAdd((context.Account, Kind), static _ => new Seen());
        if (seen.Rows is null)
            completion.Budget.AllowFirst();
        (Task looking, TimeSpan age) = seen.AskWhenDue(() => LookAsync(context, seen));
        completion.Budget.Waits(looking, age);
        return (seen.Rows ?? []).Select(one => (ValueOf(one)!, one.About)).Where(static offer => !string.IsNullOrEmpty(offer.Item1));
    }

    private async Task LookAsync(Context context, Seen seen)
    {
        try
        {
            using var limit = new CancellationTokenSource(s_longestLook);
            seen.Rows = await ListAsync(Connection.Of(context).Client, limit.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Completion cannot report an error, and the command itself will report it.
        catch (Exception)
#pragma warning restore CA1031
        {
            // The rows of the last list are offered again.
        }
    }

    /// <summary>Holds what was read of one account and kind.</summary>
    private sealed class Seen
    {
        private readonly object _lock = new();
        private readonly Stopwatch _running = Stopwatch.StartNew();
        private Task _asking = Task.CompletedTask;
        private TimeSpan? _askedAt;
        private volatile IReadOnlyList<(string Id, string? Name, string About)>? _rows;

        public IReadOnlyList<(string Id, string? Name, string About)>? Rows
        {
            get => _rows;
            set => _rows = value;
        }

        /// <summary>Starts a request when the last one is long enough ago, and returns the newest one with its age.</summary>
        public (Task Asking, TimeSpan Age) AskWhenDue(Func<Task> ask)
        {
            lock (_lock)
            {
                TimeSpan now = _running.Elapsed;
                if (_askedAt is not { } last || now - last >= CompletionCache.Interval)
                {
                    _askedAt = now;
                    _asking = Task.Run(ask);
                }
                return (_asking, now - _askedAt.Value);
            }
        }
    }
}

/// <summary>Offers the ids of alerts.</summary>
internal class AlertIdCompleter : ListedObjectCompleter
{
    private protected override string Kind => "alert";

    private protected override async Task<IReadOnlyList<(string Id, string? Name, string About)>> ListAsync(IPulseRunClient client, CancellationToken cancel) =>
        (await client.GetAlertsAsync(SilentObserver.Instance, cancel).ConfigureAwait(false)).Select(static one => (one.Id, (string?)null, one.Type + " " + one.Gpu)).ToList();
}

/// <summary>Offers the ids of schedules.</summary>
internal class ScheduleIdCompleter : ListedObjectCompleter
{
    private protected override string Kind => "schedule";

    private protected override async Task<IReadOnlyList<(string Id, string? Name, string About)>> ListAsync(IPulseRunClient client, CancellationToken cancel) =>
        (await client.GetSchedulesAsync(SilentObserver.Instance, cancel).ConfigureAwait(false)).Select(static one => (one.Id, one.Name, one.Name + ", " + one.Gpu + ", " + one.Cron)).ToList();
}

/// <summary>Offers the names of schedules.</summary>
internal sealed class ScheduleNameCompleter : ScheduleIdCompleter
{
    private protected override string? ValueOf((string Id, string? Name, string About) one) => one.Name;
}

/// <summary>Offers the ids of webhooks.</summary>
internal class WebhookIdCompleter : ListedObjectCompleter
{
    private protected override string Kind => "webhook";

    private protected override async Task<IReadOnlyList<(string Id, string? Name, string About)>> ListAsync(IPulseRunClient client, CancellationToken cancel) =>
        (await client.GetWebhooksAsync(SilentObserver.Instance, cancel).ConfigureAwait(false)).Select(static one => (one.Id, (string?)null, one.Uri + " " + string.Join(", ", one.Events.ToArray()))).ToList();
}

/// <summary>Offers ids of alerts only when -Id is written on the line, for the reason of <see cref="NamedInstanceIdCompleter"/>.</summary>
internal sealed class NamedAlertIdCompleter : AlertIdCompleter
{
    private protected override bool LeavesTo(CompletionContext completion) => !completion.Names("Id");
}

/// <summary>Offers ids of webhooks only when -Id is written on the line, for the reason of <see cref="NamedInstanceIdCompleter"/>.</summary>
internal sealed class NamedWebhookIdCompleter : WebhookIdCompleter
{
    private protected override bool LeavesTo(CompletionContext completion) => !completion.Names("Id");
}
