using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Client;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Lists the alerts, schedules or webhooks of the connections of one command, each connection at most once.</summary>
/// <param name="list">Lists the objects of one connection.</param>
/// <param name="idOf">Returns the id of an object.</param>
/// <param name="nameOf">Returns the name of an object; null when it has none.</param>
/// <param name="notFound">The error id of an object that does not exist.</param>
/// <param name="kind">The name of the kind of object in messages.</param>
internal sealed class ListedObjects<T>(
    Func<IPulseRunClient, ICallObserver, CancellationToken, Task<IReadOnlyList<T>>> list, Func<T, string> idOf, Func<T, string?> nameOf, string notFound, string kind)
    where T : class
{
    private readonly object _lock = new();
    private readonly Dictionary<string, Task<IReadOnlyList<T>>> _lists = new(StringComparer.Ordinal);

    /// <summary>Returns the object with an id, or the only one with a name.</summary>
    /// <exception cref="PulseRunException">There is none, or there are several with the name.</exception>
    public async Task<T> FindAsync(Context context, string? id, string? name, ICallObserver observer, CancellationToken cancel)
    {
        IReadOnlyList<T> all = await OfAsync(context, observer, cancel).ConfigureAwait(false);
        List<T> found = all.Where(one => id is not null ? idOf(one) == id : string.Equals(nameOf(one), name, StringComparison.OrdinalIgnoreCase)).ToList();
        if (found.Count == 1)
            return found[0];
        if (found.Count == 0)
            throw NotFound(id ?? name ?? "", id is null);
        throw new PulseRunException(ErrorIds.Conflict, "Nothing was changed: " + found.Count + " " + kind + "s have the name '" + CleanText.Clean(name ?? "", 100) + "': " + string.Join(", ", found.Select(idOf)) + ".")
        {
            Field = "Name",
            Advice = "Use -Id.",
        };
    }

    /// <summary>Returns all objects of a connection. Further calls return the same list.</summary>
    public Task<IReadOnlyList<T>> OfAsync(Context context, ICallObserver observer, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (!_lists.TryGetValue(context.Account, out Task<IReadOnlyList<T>>? listing))
                _lists.Add(context.Account, listing = list(Connection.Of(context).Client, observer, cancel));
            return listing;
        }
    }

    /// <summary>Writes the objects of a connection that a command selects, and an error for each id and name that no object has.</summary>
    /// <param name="cmdlet">The command.</param>
    /// <param name="ids">The ids that it got.</param>
    /// <param name="names">The names that it got; null for objects without names.</param>
    /// <param name="passes">Returns true when an object passes the other filters of the command; null for none.</param>
    public void WriteSelected(ConnectedCmdlet cmdlet, ObjectFilter ids, ObjectFilter? names, Func<T, bool>? passes)
    {
        if (!ids.IsAsked)
            return;
        Context context = cmdlet.CurrentContext();
        CmdletRunner runner = cmdlet.Runner;
        runner.RunToEnd(
            async cancel =>
            {
                IReadOnlyList<T> all = await OfAsync(context, runner.Observer, cancel).ConfigureAwait(false);
                runner.PostRows(all.Where(one => ids.Selects(idOf(one)) && names?.Selects(nameOf(one)) != false && passes?.Invoke(one) != false).ToList());
                foreach (string id in ids.Missing(all.Select(idOf)))
                    runner.PostError(NotFound(id, isName: false), id);
                foreach (string name in names?.Missing(all.Select(nameOf)) ?? [])
                    runner.PostError(NotFound(name, isName: true), name);
            },
            context.BaseUri);
    }

    /// <summary>Returns the error for an object that does not exist.</summary>
    public PulseRunException NotFound(string wanted, bool isName) =>
        new(notFound, "There is no " + kind + " with the " + (isName ? "name" : "id") + " '" + CleanText.Clean(wanted, 100) + "'.") { Field = isName ? "Name" : "Id" };
}

/// <summary>Creates the lists of the three kinds.</summary>
internal static class ListedObjects
{
    public static ListedObjects<Alert> Alerts() => new(static (client, observer, cancel) => client.GetAlertsAsync(observer, cancel), static one => one.Id, static _ => null, ErrorIds.AlertNotFound, "alert");

    public static ListedObjects<Schedule> Schedules() => new(static (client, observer, cancel) => client.GetSchedulesAsync(observer, cancel), static one => one.Id, static one => one.Name, ErrorIds.ScheduleNotFound, "schedule");

    public static ListedObjects<Webhook> Webhooks() => new(static (client, observer, cancel) => client.GetWebhooksAsync(observer, cancel), static one => one.Id, static _ => null, ErrorIds.WebhookNotFound, "webhook");
}
