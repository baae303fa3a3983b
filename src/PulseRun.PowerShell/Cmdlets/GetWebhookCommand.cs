using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the webhooks of the account.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Webhook)]
[OutputType(typeof(Webhook))]
public sealed class GetWebhookCommand : ConnectedCmdlet
{
    private readonly ObjectFilter _ids = new();

    /// <summary>Only the webhooks with these ids. Wildcards are allowed. An id without wildcards that does not exist is an error.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(WebhookIdCompleter))]
    public string[]? Id { get; set; }

    /// <summary>Only webhooks that receive one of these events.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WebhookEventCompleter))]
    public string[]? Event { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord() => _ids.Add(Id);

    /// <inheritdoc/>
    protected override void OnEnd() => ListedObjects.Webhooks().WriteSelected(this, _ids, null, Passes);

    private bool Passes(Webhook webhook) => Event is null || webhook.Events.Any(one => Event.Contains(one, StringComparer.OrdinalIgnoreCase));
}
