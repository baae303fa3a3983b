using System.IO;
using System.Management.Automation;
using System.Threading.Tasks;
using PulseRun.Core.Store;
using PulseRun.Core.Text;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Cmdlets.Parameters;
using PulseRun.PowerShell.Fleet;
using PulseRun.PowerShell.Loading;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Imports the history, the launches, the notes (names, tags, lifetimes, protections) and the prices of a machine's file into a team's store. It can be repeated: nothing is imported twice. Sends no request.</summary>
[Cmdlet(VerbsData.Import, Nouns.History, SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(StoreCount))]
public sealed partial class ImportHistoryCommand : PulseRunCmdlet
{
    [ParameterGroup]
    private readonly StoreParameters _store = new();

    /// <summary>The path of the file, pulserun.db in the folder for state of its user.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        string path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(Path);
        if (!File.Exists(path))
            throw new PulseRunException(ErrorIds.InvalidRequest, "Path: the file '" + CleanText.Clean(path, 300) + "' does not exist. Nothing was done.") { Field = nameof(Path) };
        ITeamStore team = _store.Team();
        if (!Prompt.Confirms("the store on " + team.Where, "Take over '" + path + "'"))
            return;
        StoreCount? count = null;
        Runner.RunToEnd(
            cancel => Task.Run(
                () => StoreAccess.Run(() =>
                {
                    IStoreContent local = Libraries.OpenContent(path);
                    using (local.Store)
                    {
                        count = team.Import(path, local, read =>
                        {
                            cancel.ThrowIfCancellationRequested();
                            Runner.Observer.Verbose(read + " readings were taken over.");
                        });
                    }
                }),
                cancel),
            path);
        if (count is null)
            return;
        if (count.NamesTaken > 0)
            WriteWarning(count.NamesTaken + " names were left out, because other instances of the team have them. Tags, lifetimes and protections of these instances were taken over; Set-PRInstance -Name gives another name.");
        WriteObject(count);
    }
}
