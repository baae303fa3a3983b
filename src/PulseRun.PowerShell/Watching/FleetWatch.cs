using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Cleanup;
using PulseRun.Contracts;
using PulseRun.Idle;
using PulseRun.PowerShell.Cleanup;
using PulseRun.PowerShell.Cmdlets;
using PulseRun.Watch;

namespace PulseRun.PowerShell.Watching;

/// <summary>One look at the fleet after the other: a list each, and as many readings as the requests of a minute allow.</summary>
internal sealed class FleetWatch(PulseRunConnectedCmdlet cmdlet, Context context, IdleRule rule, WatchBudget budget, int throttle)
{
    private static readonly TimeSpan s_balanceEvery = TimeSpan.FromMinutes(1);

    private readonly IdleSweep _sweep = new(cmdlet, context, rule, throttle);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);
    private AccountBalance? _balance;
    private TimeSpan? _balanceRead;
    private bool _balanceRefused;

    /// <summary>Looks. Costs one list, at most one balance a minute, and the readings that are left.</summary>
    public async Task<FleetFrame> LookAsync(CancellationToken cancel)
    {
        IReadOnlyList<Instance> fleet = await _sweep.ListAsync(cancel).ConfigureAwait(false);
        await ReadBalanceAsync(cancel).ConfigureAwait(false);

        List<Instance> running = fleet.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Running)).ToList();
        IReadOnlyList<Instance> asked = SamplingOrder.First(running, LastAsked(), budget.Left(_clock.Elapsed));
        budget.Spend(_clock.Elapsed, asked.Count);
        DateTimeOffset now = context.UtcNow;
        foreach (Instance instance in asked)
            _asked[instance.Id] = now;
        HashSet<string> unread = await _sweep.ReadAsync(asked, TimeSpan.Zero, null, cancel).ConfigureAwait(false);

        IReadOnlyDictionary<string, IReadOnlyList<Sample>> windows = _sweep.Recorded(fleet);
        return FleetFrame.Of(context.UtcNow, _sweep.Judge(fleet, unread, windows), windows, _balance, asked.Count, rule.For);
    }

    /// <summary>Who was read when, by anybody; and who was asked by this view, so that one that never answers does not keep the others waiting.</summary>
    private Dictionary<string, DateTimeOffset> LastAsked()
    {
        var last = new Dictionary<string, DateTimeOffset>(_asked, StringComparer.Ordinal);
        cmdlet.Remember(store =>
        {
            foreach (KeyValuePair<string, DateTimeOffset> one in store.History.LastSampled(context.Account))
            {
                if (!last.TryGetValue(one.Key, out DateTimeOffset asked) || asked < one.Value)
                    last[one.Key] = one.Value;
            }
        });
        return last;
    }

    /// <summary>A key without the billing permission has no balance here, and is asked once only. What else goes wrong keeps the last one.</summary>
    private async Task ReadBalanceAsync(CancellationToken cancel)
    {
        TimeSpan now = _clock.Elapsed;
        if (_balanceRefused || now - _balanceRead < s_balanceEvery || budget.Left(now) == 0)
            return;
        _balanceRead = now;
        budget.Spend(now, 1);
        try
        {
            _balance = await context.Client.GetBalanceAsync(cmdlet.Observer, cancel).ConfigureAwait(false);
        }
        catch (PulseRunException error)
        {
            cmdlet.Observer.Verbose("No balance: " + error.Message);
            _balanceRefused = error.ErrorId is ErrorIds.Forbidden or ErrorIds.Unauthorized or ErrorIds.InstanceNotFound;
        }
    }
}
