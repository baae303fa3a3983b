using System;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Returns the tunnels of this process, with their present state. Sends nothing.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Tunnel)]
[OutputType(typeof(Tunnel))]
public sealed class GetTunnelCommand : PulseRunCmdlet
{
    /// <summary>Only tunnels to instances with these ids; wildcards are allowed. Default: all.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("InstanceId")]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        Func<string, bool>[]? matchers = Id?.Select(Patterns.Matcher).ToArray();
        WriteObject(Tunnels.All.Where(tunnel => matchers is null || Array.Exists(matchers, matches => matches(tunnel.Id))), enumerateCollection: true);
    }
}
