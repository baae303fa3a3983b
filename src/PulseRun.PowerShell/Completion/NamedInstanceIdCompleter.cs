using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Completion;

/// <summary>
/// Offers ids where -Id is written on the line. A word without a name may be an object or an id, and the engine asks the
/// completers of both parameters: -InputObject's, of the default set, answers for that word, and this one must not.
/// </summary>
internal sealed class NamedInstanceIdCompleter : InstanceIdCompleter
{
    private const string Alias = "InstanceId";

    private protected override bool LeavesTo(CompletionContext completion) => !completion.Names(nameof(InstanceInput.Id)) && !completion.Names(Alias);
}
