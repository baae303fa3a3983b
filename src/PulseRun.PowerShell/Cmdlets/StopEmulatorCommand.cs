using System.Management.Automation;
using PulseRun.PowerShell.Cmdlets.Base;
using PulseRun.PowerShell.Session;

namespace PulseRun.PowerShell.Cmdlets;

/// <summary>Ends emulators that Start-PREmulator runs in this process; all of them when none is named. What they held is gone.</summary>
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
        // A variable that should have held one and is empty does not mean all of them.
        bool all = !MyInvocation.BoundParameters.ContainsKey(nameof(InputObject));
        foreach (Emulator emulator in all ? EmulatorRegistry.Running : InputObject ?? [])
            EmulatorRegistry.Close(emulator);
    }
}
