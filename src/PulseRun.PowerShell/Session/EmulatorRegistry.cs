namespace PulseRun.PowerShell.Session;

/// <summary>The emulators this process runs.</summary>
internal static class EmulatorRegistry
{
    public static void CloseAll()
    {
    }
}
