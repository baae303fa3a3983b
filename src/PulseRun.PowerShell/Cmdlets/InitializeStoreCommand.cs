using System.Management.Automation;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Creates the tables of a team's store, or brings those of an earlier version up to date. Sends no request.</summary>
[Cmdlet(VerbsData.Initialize, Nouns.Store, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(StoreInfo), typeof(string))]
public sealed partial class InitializeStoreCommand : PulseRunCmdlet
{
    [ParameterGroup]
    private readonly StoreParameters _store = new();

    /// <summary>Returns the SQL statements instead of running them, for an administrator who runs them.</summary>
    [Parameter]
    public SwitchParameter Script { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord() => StoreAccess.Run(() =>
    {
        ITeamStore team = _store.Team();
        if (Script)
        {
            WriteObject(team.Script());
            return;
        }
        int version = StoreAccess.VersionOf(team);
        string action = version == 0 ? "Create the tables (schema " + team.RequiredVersion + ")"
            : version < team.RequiredVersion ? "Migrate the tables from schema " + version + " to " + team.RequiredVersion
            : "Grant the roles of schema " + version + " again";
        if (!Prompt.Confirms("the store on " + team.Where, action))
            return;
        team.Initialize();
        WriteObject(team.Describe());
    });
}
