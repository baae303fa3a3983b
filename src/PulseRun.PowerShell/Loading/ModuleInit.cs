using System;
using System.Management.Automation;
using PulseRun.PowerShell.Running;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Loading;

/// <summary>Registers the assembly resolver at Import-Module and unregisters it at Remove-Module. Importing reads no file, sends no request and loads none of the dependencies.</summary>
public sealed class ModuleInit : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>Called by Import-Module.</summary>
    public void OnImport()
    {
        // Loads PulseRun.Core, which has no dependencies, so that scripts can write [PulseRun.Instance] before their first command.
        GC.KeepAlive(typeof(Instance));
        PrivateAssemblies.Register();
        OtherCopies.OnImport();
    }

    /// <summary>Called by Remove-Module. Closes connections and emulators, so that keys are erased and ports are released.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        Tunnels.CloseAll();
        CmdletTraces.Close();
        RunspaceState.CloseAll();
        EmulatorRegistry.CloseAll();
        Stores.Close();
        PrivateAssemblies.Unregister();
    }
}
