using System.Management.Automation;
using PulseRun.Core.Store;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets.Parameters;

/// <summary>The parameters that choose the store of a team.</summary>
internal sealed class StoreParameters
{
    /// <summary>The PostgreSQL database that a team shares, such as 'Host=pg;Database=pulserun;Username=ops'. Without a password: that comes from PGPASSFILE or ~/.pgpass, a service file (Service=NAME) or -StoreKeyCommand. Default: the profile's, else PULSERUN_STORE, else the file of this machine.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Store { get; set; }

    /// <summary>A script that returns the password of the store, such as { Get-Secret pulserun-store }. It runs as that of -KeyCommand does.</summary>
    [Parameter]
    [ValidateNotNull]
    public ScriptBlock? StoreKeyCommand { get; set; }

    /// <summary>Returns the store of a team that was given, or that the connection or PULSERUN_STORE chooses.</summary>
    /// <exception cref="PulseRunException">InvalidRequest: the text is wrong, or no store of a team is chosen.</exception>
    public ITeamStore Team() => Chosen().OrNull is { } choice ? Stores.Team(choice) : throw new PulseRunException(ErrorIds.InvalidRequest,
        "Store: no store of a team is chosen. Nothing was done.") { Field = nameof(Store), Advice = "Pass -Store 'Host=pg;Database=pulserun;Username=ops', connect with it, or set PULSERUN_STORE." };

    /// <summary>Returns the choice that was given, or that of the current connection.</summary>
    public StoreChoice Chosen()
    {
        StoreChoice found = Store is not null ? new StoreChoice(StoreChoice.Checked(Store), null) : StoreChoice.Of(Connections.Find()?.Settings);
        return StoreKeyCommand is not null ? found with { KeyCommand = StoreKeyCommand.ToString() } : found;
    }
}
