using System;
using System.Collections.Generic;
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
    private readonly List<string> _ids = [];
    private bool _isAsked;

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
    protected override void OnRecord()
    {
        _isAsked = true;
        _ids.AddRange(Id ?? []);
    }

    /// <inheritdoc/>
    protected override void OnEnd()
    {
        // With an empty pipeline OnRecord never runs; returning all webhooks then would be wrong.
        if (!_isAsked)
            return;
        Context context = CurrentContext();
        ListedObjects<Webhook> webhooks = ListedObjects.Webhooks();
        var filter = new ObjectFilter(_ids);
        Runner.RunToEnd(
            async cancel =>
            {
                IReadOnlyList<Webhook> all = await webhooks.OfAsync(context, Runner.Observer, cancel).ConfigureAwait(false);
                Runner.PostRows(all.Where(one => filter.Selects(one.Id) && Passes(one)).ToList());
                foreach (string id in filter.Missing(all.Select(static one => one.Id).ToList()))
                    Runner.PostError(webhooks.NotFound(id, isName: false), id);
            },
            context.BaseUri);
    }

    private bool Passes(Webhook webhook) => Event is null || webhook.Events.Any(one => Event.Contains(one, StringComparer.OrdinalIgnoreCase));
}
