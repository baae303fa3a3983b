using System.Net.Http;

namespace PulseRun.PowerShell.Session;

/// <summary>Passes requests to an emulator in this process that has an ssh server, and ends the emulator with the connection.</summary>
internal sealed class EmulatorHandler(IEmulatorControl emulator) : DelegatingHandler(emulator.CreateHandler())
{
    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            emulator.Dispose();
    }
}
