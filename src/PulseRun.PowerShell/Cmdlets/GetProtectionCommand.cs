using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the instances that are protected from cleanup on this machine. Sends no request.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Protection)]
[OutputType(typeof(Protection))]
public sealed class GetProtectionCommand : ConnectedCmdlet
{
    /// <summary>The ids of the protected instances to return. Wildcards are allowed. An id that is not protected is not an error. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(InstanceIdCompleter))]
    public string[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Context context = CurrentContext();
        Func<string, bool>[] patterns = (Id ?? ["*"]).Select(Patterns.Matcher).ToArray();
        Runner.TryItem(context.BaseUri, () => Store.Use(store =>
        {
            foreach (Protection protection in store.Notes.Protections(context.UtcNow).Values
                .Where(one => Array.Exists(patterns, matches => matches(one.Id)))
                .OrderBy(static one => one.CreatedAt))
            {
                WriteObject(ProtectInstanceCommand.WithOrigin(protection, context));
            }
        }));
    }
}
