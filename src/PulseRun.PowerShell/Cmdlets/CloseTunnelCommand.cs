using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Closes tunnels of this process; all of them when none is named. The instances are not changed.</summary>
[Cmdlet(VerbsCommon.Close, Nouns.Tunnel, DefaultParameterSetName = ParameterSets.ByObject)]
[OutputType(typeof(void))]
public sealed class CloseTunnelCommand : PulseRunCmdlet
{
    /// <summary>The tunnels to close, from Open-PRTunnel or Get-PRTunnel. Default: all tunnels of this process.</summary>
    [Parameter(ParameterSetName = ParameterSets.ByObject, Position = 0, ValueFromPipeline = true)]
    public Tunnel[]? InputObject { get; set; }

    /// <summary>Closes the tunnels to instances with these ids; wildcards are allowed.</summary>
    [Parameter(ParameterSetName = ParameterSets.ById, Mandatory = true)]
    [Alias("InstanceId")]
    [ValidateNotNullOrEmpty]
    public string[] Id { get; set; } = [];

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        // -InputObject with an empty variable closes nothing; only a call without parameters closes all tunnels.
        bool isAll = ParameterSetName == ParameterSets.ByObject && !MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        Func<string, bool>[] matchers = Id.Select(Patterns.Matcher).ToArray();
        IEnumerable<Tunnel> named = isAll ? Tunnels.All : InputObject ?? Tunnels.All.Where(tunnel => Array.Exists(matchers, matches => matches(tunnel.Id)));
        foreach (Tunnel tunnel in named.ToList())
            Tunnels.Close(tunnel);
    }
}
