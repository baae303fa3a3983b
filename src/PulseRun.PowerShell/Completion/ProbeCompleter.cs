using System.Collections.Generic;

namespace PulseRun.PowerShell.Completion;

/// <summary>Offers the probe that has a name.</summary>
internal sealed class ProbeCompleter : PulseRunCompleter
{
    private protected override IEnumerable<(string Value, string About)> Offers(CompletionContext completion) => [("Ssh", "Ssh: logs in and looks at the load and at logins")];
}
