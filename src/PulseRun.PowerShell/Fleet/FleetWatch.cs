using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using PulseRun.Core.Cleanup;
using PulseRun.Core.Idle;
using PulseRun.Core.Watch;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Reads the fleet for the live view: one list per refresh, and as many readings as the request budget allows.</summary>
internal sealed class FleetWatch(ConnectedCmdlet cmdlet, Context context, IdleRule rule, WatchBudget budget, int throttle)
{
    private static readonly TimeSpan s_balanceEvery = TimeSpan.FromMinutes(1);

    private readonly IdleSampler _sweep = new(cmdlet, context, rule, throttle);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<string, DateTimeOffset> _asked = new(StringComparer.Ordinal);
    private AccountBalance? _balance;
    private TimeSpan? _balanceRead;
    private bool _balanceRefused;
    private volatile IReadOnlyList<string> _visible = [];
    private bool _wasListed;

    /// <summary>Gets or sets the ids of the rows on the screen, from top to bottom. They are read first.</summary>
    public IReadOnlyList<string> VisibleIds
    {
        get => _visible;
        set => _visible = value;
    }

    /// <summary>Reads the fleet once. Sends one list, at most one balance a minute, and as many readings as the budget still allows.</summary>
    /// <param name="onListed">Displays the first list before its readings, so that the view need not wait for them, and so that it is known which rows are visible. Null when nothing is displayed.</param>
    /// <param name="cancel">Cancels the requests.</param>
    public async Task<FleetFrame> LookAsync(Action<FleetFrame>? onListed, CancellationToken cancel)
    {
        IReadOnlyList<Instance> fleet = await _sweep.ListAsync(cancel).ConfigureAwait(false);
        if (!_wasListed && onListed is not null)
        {
            IReadOnlyDictionary<string, IReadOnlyList<Reading>> recorded = _sweep.Recorded(fleet);
            onListed(FleetFrame.Of(context.UtcNow, _sweep.Judge(fleet, new HashSet<string>(), recorded), recorded, null, 0, rule.For));
        }
        _wasListed = true;
        await ReadBalanceAsync(cancel).ConfigureAwait(false);

        List<Instance> running = fleet.Where(static one => InstanceStatus.Is(one.Status, InstanceStatus.Running)).ToList();
        IReadOnlyList<Instance> asked = First(running, budget.Left(_clock.Elapsed));
        budget.Spend(_clock.Elapsed, asked.Count);
        DateTimeOffset now = context.UtcNow;
        foreach (Instance instance in asked)
            _asked[instance.Id] = now;
        HashSet<string> unread = await _sweep.ReadAsync(asked, TimeSpan.Zero, null, cancel).ConfigureAwait(false);

        IReadOnlyDictionary<string, IReadOnlyList<Reading>> windows = _sweep.Recorded(fleet);
        return FleetFrame.Of(context.UtcNow, _sweep.Judge(fleet, unread, windows), windows, _balance, asked.Count, rule.For);
    }

    /// <summary>Returns the instances to read now: the visible ones first, and among these and the others the least recently read.</summary>
    private IReadOnlyList<Instance> First(List<Instance> running, int most)
    {
        Dictionary<string, DateTimeOffset> last = LastAsked();
        var visible = new HashSet<string>(VisibleIds, StringComparer.Ordinal);
        IReadOnlyList<Instance> shown = SamplingOrder.First(running.Where(one => visible.Contains(one.Id)), last, most);
        return [.. shown, .. SamplingOrder.First(running.Where(one => !visible.Contains(one.Id)), last, most - shown.Count)];
    }

    /// <summary>Returns the time at which each instance was last read by any process, or last requested by this view. Requests count even without an answer, so that an instance that never answers does not delay the others.</summary>
    private Dictionary<string, DateTimeOffset> LastAsked()
    {
        var last = new Dictionary<string, DateTimeOffset>(_asked, StringComparer.Ordinal);
        cmdlet.Store.TryUse(store =>
        {
            foreach (KeyValuePair<string, DateTimeOffset> one in store.History.LastRead(context.Account))
            {
                if (!last.TryGetValue(one.Key, out DateTimeOffset asked) || asked < one.Value)
                    last[one.Key] = one.Value;
            }
        });
        return last;
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
