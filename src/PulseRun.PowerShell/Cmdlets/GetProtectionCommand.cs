using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Completion;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Lists the instances that cleanup on this machine never touches. Sends nothing.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Protection)]
[OutputType(typeof(Protection))]
public sealed class GetProtectionCommand : ConnectedCmdlet
{
    /// <summary>Only these ids. Wildcards are allowed; one that matches nothing is no error.</summary>
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
            foreach (Protection protection in store.Protections.Get(context.UtcNow).Values
                .Where(one => Array.Exists(patterns, matches => matches(one.Id)))
                .OrderBy(static one => one.CreatedAt))
            {
                WriteObject(ProtectInstanceCommand.WithOrigin(protection, context));
            }
        }));
    }
}
