using System.Collections.Generic;
using PulseRun.Core.Webhooks;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the documented events.</summary>
internal sealed class WebhookEventCompleter : PulseRunCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion) => WebhookEvents.Known;
}
