namespace PulseRun.Emulator.Tests;

public enum TransportKind
{
    InProcess,
    Loopback,
}
