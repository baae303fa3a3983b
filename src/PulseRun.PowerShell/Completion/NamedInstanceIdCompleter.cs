using PulseRun.PowerShell.Cmdlets.Base;

namespace PulseRun.PowerShell.Completion;

/// <summary>
/// Offers ids only when -Id is written on the line. A positional word may be an object or an id, and the engine calls the
/// completers of both parameters. That of -InputObject, in the default set, completes the word; a second list would make PSReadLine fail.
/// </summary>
internal sealed class NamedInstanceIdCompleter : InstanceIdCompleter
{
    private const string Alias = "InstanceId";

    private protected override bool LeavesTo(CompletionContext completion) => !completion.Names(nameof(InstanceInput.Id)) && !completion.Names(Alias);
}
