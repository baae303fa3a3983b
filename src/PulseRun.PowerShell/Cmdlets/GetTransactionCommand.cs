using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Shows the account's ledger: credit, charges, refunds. One request a page.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Transaction)]
[OutputType(typeof(Transaction))]
public sealed class GetTransactionCommand : ConnectedCmdlet
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private bool _isAsked;

    /// <summary>Only charges for these instances.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Id { get; set; }

    /// <summary>Only this kind: credit_topup, instance_charge, refund, promo_credit, or another the server has.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TransactionTypeCompleter))]
    public string? Type { get; set; }

    /// <summary>Only lines from this time on.</summary>
    [Parameter]
    public DateTimeOffset? Since { get; set; }

    internal override bool IsFatal(PulseRunException error) => ErrorRecords.IsFatalForBilling(error);

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        _isAsked = true;
        _ids.UnionWith(Id ?? []);
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        // An empty pipeline asks for nothing.
        if (!_isAsked)
            return;
        Context context = CurrentContext();
        Runner.RunToEnd(
            async cancel =>
            {
                IReadOnlyList<Transaction> ledger = await Connection.Of(context).Client.GetTransactionsAsync(Type, Runner.Observer, cancel).ConfigureAwait(false);
                Runner.PostRows(ledger.Where(Passes).ToList());
            },
            context.BaseUri);
    }

    /// <summary>Filters on this side too, because the server may ignore the type.</summary>
    private bool Passes(Transaction line) =>
        (_ids.Count == 0 || line.InstanceId is { } id && _ids.Contains(id))
        && (Type is null || string.Equals(line.Type, Type, StringComparison.OrdinalIgnoreCase))
        && (Since is not { } since || line.CreatedAt >= since);
}
