using System;
using PulseRun.Core.Store;

namespace PulseRun.PowerShell.Fleet;

/// <summary>Runs the commands that work on the store itself.</summary>
internal static class StoreAccess
{
    /// <summary>Runs work that needs the store.</summary>
    /// <exception cref="PulseRunException">StoreUnavailable: the store cannot be used.</exception>
    public static void Run(Action work)
    {
        try
        {
            work();
        }
        catch (StoreUnavailableException error)
        {
            throw new PulseRunException(ErrorIds.StoreUnavailable, error.Message) { Advice = Advice(error.Reason) };
        }
    }

    /// <summary>Returns the schema version of a store.</summary>
    /// <exception cref="StoreUnavailableException">NewerVersion: a newer module made the schema.</exception>
    public static int VersionOf(ITeamStore team) => team.ReadVersion() is var version && version <= team.RequiredVersion
        ? version
        : throw new StoreUnavailableException(StoreFailure.NewerVersion, "The store on " + team.Where + " was made by a newer version of PulseRun (schema " + version + "). It was not changed. Update the module.");

    /// <summary>Returns what to do about a failure of a team's store; null when the advice of the error id says it.</summary>
    public static string? Advice(StoreFailure reason) => reason switch
    {
        StoreFailure.Misconfigured => "Correct the text of -Store, PULSERUN_STORE or the profile.",
        StoreFailure.AccessDenied => "Check the user, the database and the password in PGPASSFILE, the service file or -StoreKeyCommand.",
        StoreFailure.Forbidden => "Let an administrator grant the role: GRANT pulserun_writer TO the_user; migrations need the owner of the tables.",
        StoreFailure.NoSchema => "Run Initialize-PRStore once, as a user who may create tables.",
        StoreFailure.NewerVersion => "Update the module on this host.",
        StoreFailure.ReadOnly => "Name the primary server, or several with Target Session Attributes=primary.",
        StoreFailure.Full => "Make room on the disk of the server. Nothing of what failed was written; start the command again afterwards.",
        StoreFailure.Unreachable => "Start the server, or check the host, the port and SSL Mode. Then start the command again: what was committed is not done twice.",
        StoreFailure.Locked => "Try again. Get-PRStore shows who is connected.",
        StoreFailure.ClockSkew => "Set the clock of the host that is wrong.",
        _ => null,
    };
}
