using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Warns before a launch when the credit does not last an hour at its price, because at balance 0 the server terminates every instance. Its methods are called on the pipeline thread.</summary>
/// <param name="cmdlet">The cmdlet: its runner and its streams.</param>
/// <param name="context">The connection.</param>
internal sealed class LaunchCredit(ConnectedCmdlet cmdlet, Context context)
{
    /// <summary>A balance counts as known for this time, so that launches in a loop cost one request a minute and not one each.</summary>
    private static readonly TimeSpan s_fresh = TimeSpan.FromMinutes(1);

    /// <summary>The longest time that a launch waits for the balance.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private static readonly ConcurrentDictionary<string, Known> s_known = new(StringComparer.Ordinal);

    private bool _hasWarned;

    /// <summary>Adds launches to those that the credit must last for, and warns once per command when it does not last an hour. Sends one request unless the balance is known.</summary>
    /// <param name="perHour">The cost of all launches together, in dollars per hour.</param>
    public void Add(decimal perHour)
    {
        if (!s_known.TryGetValue(context.Account, out Known? known) || known.Age.Elapsed > s_fresh)
            s_known[context.Account] = known = new Known(Read());
        known.PerHour += perHour;
        if (_hasWarned || known.Balance is not { } balance || balance >= known.PerHour)
            return;
        _hasWarned = true;
        cmdlet.WriteWarning(string.Format(
            CultureInfo.InvariantCulture,
            "The credit of ${0:0.00} does not last an hour at the price of these launches ({1}). At 0 every instance is terminated, disks included.",
            balance,
            Display.PerHour(known.PerHour)));
    }

    /// <summary>Returns the balance in dollars; null when it cannot be read soon. A launch does not fail because of it.</summary>
    private decimal? Read()
    {
        decimal? balance = null;
        cmdlet.Runner.RunToEnd(
            async cancel =>
            {
                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                limit.CancelAfter(s_patience);
                try
                {
                    AccountBalance read = await Connection.Of(context).Client.GetBalanceAsync(cmdlet.Runner.Observer, limit.Token).ConfigureAwait(false);
                    balance = read.Currency is null || string.Equals(read.Currency, "usd", StringComparison.OrdinalIgnoreCase) ? read.Balance : null;
                }
                catch (PulseRunException error)
                {
                    cmdlet.Runner.Observer.Verbose("The credit is not known: " + error.Message);
                }
                catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
                {
                    cmdlet.Runner.Observer.Verbose("The credit is not known: the server did not answer soon enough.");
                }
            },
            context.BaseUri);
        return balance;
    }

    /// <summary>Contains a balance, and what was launched since it was read.</summary>
    /// <param name="balance">The balance in dollars; null when it could not be read.</param>
    private sealed class Known(decimal? balance)
    {
        public decimal? Balance { get; } = balance;

        public Stopwatch Age { get; } = Stopwatch.StartNew();

        /// <summary>Gets or sets what the launches since then cost, in dollars per hour.</summary>
        public decimal PerHour { get; set; }
    }
}
