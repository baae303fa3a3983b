namespace PulseRun.Emulation;

/// <summary>The one way into this assembly.</summary>
public static class EmulatorFactory
{
}
