using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Completion;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Lists the instances that cleanup on this machine never touches. Sends nothing.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Protection)]
[OutputType(typeof(Protection))]
public sealed class GetProtectionCommand : PulseRunConnectedCmdlet
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
        WildcardPattern[] patterns = (Id ?? ["*"]).Select(static id => new WildcardPattern(id, WildcardOptions.IgnoreCase | WildcardOptions.CultureInvariant)).ToArray();
        Must(
            store =>
            {
                foreach (Protection protection in store.Protections.Get(context.UtcNow).Values
                    .Where(one => Array.Exists(patterns, pattern => pattern.IsMatch(one.Id)))
                    .OrderBy(static one => one.CreatedAt))
                {
                    WriteObject(ProtectInstanceCommand.WithOrigin(protection, context));
                }
            },
            context.BaseUri);
    }
}
