using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Stops emulators that Start-PREmulator started in this process; all of them when none is named. Their instances and data are lost.</summary>
[Cmdlet(VerbsLifecycle.Stop, Nouns.Emulator)]
[OutputType(typeof(void))]
public sealed class StopEmulatorCommand : PulseRunCmdlet
{
    /// <summary>The emulators to end, from Start-PREmulator. Default: all emulators of this process.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    public Emulator[]? InputObject { get; set; }

    /// <inheritdoc/>
    protected override void OnRecord()
    {
        // -InputObject with an empty variable stops nothing; only a call without the parameter stops all emulators.
        bool all = !MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        foreach (Emulator emulator in all ? EmulatorRegistry.Running : InputObject ?? [])
            EmulatorRegistry.Close(emulator);
    }
}
