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
            throw new PulseRunException(ErrorIds.StoreUnavailable, error.Message) { Advice = error.Advice };
        }
    }

    /// <summary>Returns the schema version of a store.</summary>
    /// <exception cref="StoreUnavailableException">NewerVersion: a newer module made the schema.</exception>
    public static int VersionOf(ITeamStore team) => team.ReadVersion() is var version && version <= team.RequiredVersion
        ? version
        : throw new StoreUnavailableException(StoreFailure.NewerVersion, "The store on " + team.Where + " was made by a newer version of PulseRun (schema " + version + "). It was not changed. Update the module.") { Advice = "Update the module on this host." };
}
