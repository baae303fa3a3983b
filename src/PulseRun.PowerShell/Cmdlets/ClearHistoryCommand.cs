using System;
using System.Globalization;
using System.Management.Automation;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Deletes readings and ended states of a team's store from before a time. Sends no request.</summary>
[Cmdlet(VerbsCommon.Clear, Nouns.History, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(StoreCount))]
public sealed partial class ClearHistoryCommand : PulseRunCmdlet
{
    [ParameterGroup]
    private readonly StoreParameters _store = new();

    /// <summary>The time before which readings and ended states are deleted. The last state of each instance stays, and so do launches and notes.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public DateTimeOffset Before { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord() => StoreAccess.Run(() =>
    {
        ITeamStore team = _store.Team();
        if (Prompt.Confirms("the store on " + team.Where, "Delete the history from before " + Before.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture)))
            WriteObject(team.Clear(Before));
    });
}
