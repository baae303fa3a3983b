using System.Collections.Generic;
using System.Linq;
using PulseRun.Core.Completion;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers states: the documented ones, and any other that instances of the account had. Sends no request.</summary>
internal sealed class StatusCompleter : CachedValueCompleter
{
    private protected override CompletionField Field => CompletionField.Status;

    private protected override bool IsWorthALook => false;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) =>
        InstanceStatus.Known.Select(static status => (status, About(status)));

    private static string About(string status) =>
        status + (InstanceStatus.IsFinal(status) ? ": final" : InstanceStatus.IsBurning(status) ? ": billed" : ": not billed");
}
