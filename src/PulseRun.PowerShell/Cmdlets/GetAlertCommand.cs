using System;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the alerts of the account.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Alert)]
[OutputType(typeof(Alert))]
public sealed class GetAlertCommand : ConnectedCmdlet
{
    private readonly ObjectFilter _ids = new();

    /// <summary>Only the alerts with these ids. Wildcards are allowed. An id without wildcards that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(AlertIdCompleter))]
    public string[]? Id { get; set; }

    /// <summary>Only alerts of this kind: price_drop, budget_limit, or another one that the server uses.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(AlertTypeCompleter))]
    public string? Type { get; set; }

    /// <summary>Only alerts that were triggered. An alert of which the server does not say so is left out.</summary>
    [Parameter]
    public SwitchParameter Triggered { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord() => _ids.Add(Id);

    /// <inheritdoc/>
    protected override void OnEnd() => ListedObjects.Alerts().WriteSelected(this, _ids, null, Passes);

    private bool Passes(Alert alert) => (Type is null || string.Equals(alert.Type, Type, StringComparison.OrdinalIgnoreCase)) && (!Triggered || alert.Triggered == true);
}
