using System;
using System.Management.Automation;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Loading;

/// <summary>What happens at Import-Module and Remove-Module: handlers are registered and unregistered, nothing is read, sent or loaded.</summary>
public sealed class ModuleInit : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>Called by Import-Module.</summary>
    public void OnImport()
    {
        // Loads Core (ours, no dependencies), so that scripts can write [PulseRun.Instance] before their first command.
        GC.KeepAlive(typeof(Instance));
        PrivateAssemblies.Register();
    }

    /// <summary>Called by Remove-Module: closes connections and emulators, so that keys and ports are given back.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        RunspaceState.CloseAll();
        EmulatorRegistry.CloseAll();
        Stores.Close();
        PrivateAssemblies.Unregister();
    }
}
