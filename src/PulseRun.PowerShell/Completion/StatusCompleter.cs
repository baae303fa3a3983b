using System.Collections.Generic;
using System.Linq;
using PulseRun.Seen;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers states: the known ones, and what else has been seen. For these no request is sent.</summary>
internal sealed class StatusCompleter : SeenValueCompleter
{
    private protected override SeenField Field => SeenField.Status;

    private protected override bool IsWorthALook => false;

    private protected override IEnumerable<(string Value, string About)> Documented(bool isLaunch) =>
        InstanceStatus.Known.Select(static status => (status, About(status)));

    private static string About(string status) =>
        status + (InstanceStatus.IsFinal(status) ? ": for good" : InstanceStatus.IsBurning(status) ? ": burns money" : ": burns no money");
}
