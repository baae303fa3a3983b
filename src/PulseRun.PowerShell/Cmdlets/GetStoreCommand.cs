using System.Management.Automation;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Gets the store that the commands use: where it is, its version and sizes and, for that of a team, who is connected and which leases are held. Sends no request.</summary>
[Cmdlet(VerbsCommon.Get, Nouns.Store)]
[OutputType(typeof(StoreInfo), typeof(StoreRole))]
public sealed partial class GetStoreCommand : PulseRunCmdlet
{
    [ParameterGroup]
    private readonly StoreParameters _store = new();

    /// <summary>Returns the roles of a team's store, which of them this user has, and who else has them.</summary>
    [Parameter]
    public SwitchParameter Role { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord() => StoreAccess.Run(() =>
    {
        if (_store.Chosen().OrNull is not { } choice)
        {
            if (Role)
                _store.Team();
            WriteObject(Libraries.DescribeLocal());
            return;
        }
        ITeamStore team = Stores.Team(choice);
        if (Role)
        {
            WriteObject(team.Roles(), enumerateCollection: true);
            return;
        }
        StoreInfo info = team.Describe();
        if (info.SchemaVersion < info.RequiredVersion)
            WriteWarning("The store on " + team.Where + " has no tables of this version. Run Initialize-PRStore once.");
        else if (info.SchemaVersion > info.RequiredVersion)
            WriteWarning("The store on " + team.Where + " was made by a newer version of PulseRun. Update the module.");
        info.Account = Connections.Find()?.Account;
        WriteObject(info);
    });
}
