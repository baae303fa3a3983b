using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the lines of the account's ledger: credit, charges and refunds. Sends one request per page.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Transaction)]
[OutputType(typeof(Transaction))]
public sealed class GetTransactionCommand : ConnectedCmdlet
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private bool _isAsked;

    /// <summary>Only charges for these instances. Wildcards are not allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Id { get; set; }

    /// <summary>Only transactions of this type: credit_topup, instance_charge, refund, promo_credit, or another one that the server uses. One type; wildcards are not allowed.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(TransactionTypeCompleter))]
    public string? Type { get; set; }

    /// <summary>The time of the earliest line to return. Default: no limit.</summary>
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
        // With an empty pipeline OnRecord never runs; returning all lines then would be wrong.
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

    /// <summary>Returns true when a line passes the filters. The type is compared here too, because the server may ignore it.</summary>
    private bool Passes(Transaction line) =>
        (_ids.Count == 0 || line.InstanceId is { } id && _ids.Contains(id))
        && (Type is null || string.Equals(line.Type, Type, StringComparison.OrdinalIgnoreCase))
        && (Since is not { } since || line.CreatedAt >= since);
}
