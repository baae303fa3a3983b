using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Idle;
using PulseRun.Core.Watch;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads the fleet for the live view: one list per refresh, and as many readings as the request budget allows.</summary>
internal sealed class FleetWatch(ConnectedCmdlet cmdlet, Context context, IdleRule rule, WatchBudget budget, VisibleRows visible, int throttle)
{
    private static readonly TimeSpan s_balanceEvery = TimeSpan.FromMinutes(1);

    private readonly IdleSampler _sweep = new(cmdlet, context, rule, throttle);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private AccountBalance? _balance;
    private TimeSpan? _balanceRead;
    private bool _balanceRefused;

    /// <summary>Reads the fleet once. Sends one list, at most one balance a minute, and as many readings as the budget still allows.</summary>
    public async Task<FleetFrame> LookAsync(CancellationToken cancel)
    {
        IReadOnlyList<Instance> fleet = await _sweep.ListAsync(cancel).ConfigureAwait(false);
        await ReadBalanceAsync(cancel).ConfigureAwait(false);

        List<Instance> running = fleet.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Running)).ToList();
        List<Instance> asked = First(running, budget.Left(_clock.Elapsed));
        budget.Spend(_clock.Elapsed, asked.Count);
        HashSet<string> unread = await _sweep.ReadAsync(asked, ReadingPlaces.AtOnce, null, cancel).ConfigureAwait(false);

        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows = _sweep.Recorded(fleet);
        return FleetFrame.Of(context.UtcNow, _sweep.Judge(fleet, unread, windows), windows, _balance, asked.Count, rule.For);
    }

    /// <summary>Returns the instances to read: all of them if the budget suffices; else those whose rows are visible, the least recently requested first, and then the others in the order of the idle check.</summary>
    private List<Instance> First(List<Instance> running, int left)
    {
        if (running.Count <= left || left == 0)
            return left == 0 ? [] : running;
        var chooser = new ReadingChooser(cmdlet, context, _sweep, rule);
        IReadOnlyDictionary<string, ReadingRecord> known = new Dictionary<string, ReadingRecord>();
        cmdlet.Store.TryUse(store => known = store.ReadingRequests.All(context.Account));
        var shown = new HashSet<string>(visible.Ids, StringComparer.Ordinal);
        List<Instance> asked = running
            .Where(instance => shown.Contains(instance.Id))
            .OrderBy(instance => known.TryGetValue(instance.Id, out ReadingRecord? record) ? record.AskedAt ?? record.LastRead ?? DateTimeOffset.MinValue : DateTimeOffset.MinValue)
            .ThenBy(static instance => instance.Id, StringComparer.Ordinal)
            .Take(left)
            .ToList();
        shown.IntersectWith(asked.Select(static instance => instance.Id));
        List<Instance> others = running.Where(instance => !shown.Contains(instance.Id)).ToList();
        asked.AddRange(chooser.Take(chooser.Order(others).Plan with { Budget = left - asked.Count }, ReadingPlaces.AtOnce));
        return asked;
    }

    /// <summary>Reads the balance. For a key without the billing permission the request is not repeated. After any other failure the last balance stays.</summary>
    private async Task ReadBalanceAsync(CancellationToken cancel)
    {
        TimeSpan now = _clock.Elapsed;
        if (_balanceRefused || now - _balanceRead < s_balanceEvery || budget.Left(now) == 0)
            return;
        _balanceRead = now;
        budget.Spend(now, 1);
        try
        {
            _balance = await Connection.Of(context).Client.GetBalanceAsync(cmdlet.Runner.Observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error)
        {
            cmdlet.Runner.Observer.Verbose("The balance cannot be read. " + error.Message);
            _balanceRefused = error.ErrorId is ErrorIds.Forbidden or ErrorIds.Unauthorized or ErrorIds.InstanceNotFound;
        }
    }
}
